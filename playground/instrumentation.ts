/** Before the first request: so its response is seen too, and flushes can be given to Next's `after`. */
export async function register() {
  // An installed package needs no condition: of a linked one, Next says what it lacks in the edge runtime.
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  await import('trpc-events/next');
  const { startShop } = await import('./server/web.ts');
  await startShop();
}
