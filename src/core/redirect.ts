/** Whether it is what Next's `redirect()` throws, and answers with: no failure. As elsewhere, what throws when it is looked at is none. */
export function isRedirect(thrown: unknown): boolean {
  try {
    const { digest } = thrown as { digest?: unknown };
    return typeof digest === 'string' && digest.startsWith('NEXT_REDIRECT;');
  } catch {
    return false;
  }
}
