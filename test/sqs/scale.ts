/** The part of the full counts that the tests take. `SQS_SCALE=1` gives all of them. */
export const SCALE = Number(process.env['SQS_SCALE'] ?? 0.2);
