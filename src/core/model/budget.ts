/** How long listeners may go on to be retried while the caller of a procedure waits for them, in ms. */
export const INLINE_BUDGET = 10_000;
/** The same where a platform keeps the process alive, as long as it likes. */
export const WAIT_UNTIL_BUDGET = 25_000;
