/** Runs before the first request, so that its response is seen, too, and flushes can be given to Next's `after`. */
export async function register() {
  // Only a linked package, as here, needs this line: Next would warn about what the edge runtime lacks.
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  await import('trpc-events/next');
  const { startShop } = await import('./server/web.ts');
  await startShop();
}
