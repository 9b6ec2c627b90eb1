import { setTimeout as sleep } from 'node:timers/promises';

/** Asked to end, the process lets what is under way come to its end, for ten seconds at most. Next would not wait. */
export function closeOnExit(bus: { close(options: { timeout: number }): Promise<void> }): void {
  // Set by start/server.ts: without it, Next ends the process by itself.
  if (!process.env.NEXT_MANUAL_SIG_HANDLE) return;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());

  async function close(): Promise<void> {
    try {
      await bus.close({ timeout: 10_000 });
    } catch (error) {
      console.error(error);
      process.exitCode = 1;
    }
    await sleep(250); // the last responses leave, and the story's last words
    process.exit();
  }
}
