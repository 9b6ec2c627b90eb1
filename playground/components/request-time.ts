/** How long an entry may take to come after the answer has. */
const PATIENCE = 100;

/**
 * Measures the first request that is sent from now on, from its start to the end of its response, as the network panel
 * of the browser does: what the page itself does meanwhile doesn't count.
 */
export function measureRequest() {
  const start = performance.now();
  const { promise, resolve } = Promise.withResolvers<number>();
  const observer = new PerformanceObserver((list) => {
    const entries = list.getEntries() as PerformanceResourceTiming[];
    const first = entries.find((it) => it.initiatorType === 'fetch' && it.startTime >= start);
    if (first !== undefined) resolve(first.duration);
  });
  observer.observe({ type: 'resource' });

  return {
    /** In ms; where the browser keeps no time of the request, from its start until now. */
    async took(): Promise<number> {
      const elapsed = performance.now() - start;
      const timer = setTimeout(() => resolve(elapsed), PATIENCE);
      const ms = await promise;
      clearTimeout(timer);
      observer.disconnect();
      return Math.min(ms, elapsed);
    },
  };
}
