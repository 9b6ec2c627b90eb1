import { setTimeout as sleep } from 'node:timers/promises';

interface Closing {
  readonly bus: { close(options: { timeout: number }): Promise<void> };
  readonly worker: { stop(): Promise<void> };
  /** Sends the last traces: those of what the bus was closed with, too. */
  endTelemetry(): Promise<void>;
}

/**
 * Asked to end, the process lets what is under way come to its end, for ten seconds at most, and the worker, too. Next
 * would not wait.
 */
export function closeOnExit({ bus, worker, endTelemetry }: Closing): void {
  const closeOnce = () => void (closing ??= close());
  let closing: Promise<void> | undefined;
  // Set by start/server.ts: without it, Next ends the process by itself.
  if (process.env.NEXT_MANUAL_SIG_HANDLE) process.on('SIGINT', closeOnce).on('SIGTERM', closeOnce);
  // The input is a pipe from there, and ends with it, even if that was killed.
  if (process.env.PLAYGROUND) process.stdin.once('end', closeOnce).resume().unref();

  async function close(): Promise<void> {
    try {
      await Promise.all([worker.stop(), bus.close({ timeout: 10_000 })]);
    } catch (error) {
      console.error(error);
      process.exitCode = 1;
    }
    await Promise.all([
      endTelemetry(),
      sleep(250), // the last responses leave, and the story's last words
    ]);
    process.exit();
  }
}
