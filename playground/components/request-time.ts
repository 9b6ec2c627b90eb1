/** How long after the answer the browser's timing entry may come, in ms. */
const PATIENCE = 100;

/**
 * Measures the next request, from its start to the end of its response, as the browser's network panel does. What the page
 * itself does in the meantime doesn't count.
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
    /** Returns the time in ms. Without an entry from the browser, it is the time from the start until now. */
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
