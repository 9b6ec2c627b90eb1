/** Asked to end, the process lets what is under way come to its end, for ten seconds at most. Next would not wait. */
export function closeOnExit(bus: { close(options: { timeout: number }): Promise<void> }): void {
  // Set by start.ts: without it, Next ends the process by itself.
  if (!process.env.NEXT_MANUAL_SIG_HANDLE) return;
  const close = async () => {
    try {
      await bus.close({ timeout: 10_000 });
      process.exit(0);
    } catch (error) {
      console.error(error);
      process.exit(1);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());
}
