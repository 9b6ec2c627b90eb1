/** Before the first request, so that its response is seen too. */
export async function register() {
  if (process.env.NEXT_RUNTIME === 'nodejs') await import('trpc-events/next');
}
