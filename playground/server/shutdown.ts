import { setTimeout as sleep } from 'node:timers/promises';

interface Closing {
  readonly bus: { close(options: { timeout: number }): Promise<void> };
  readonly worker: { stop(): Promise<void> };
  /** Sends the last traces, including those of the listeners that the bus waited for. */
  endTelemetry(): Promise<void>;
}

/**
 * Closes the bus and the worker before the process ends. What is running gets at most ten seconds to finish. Next would not
 * wait.
 */
export function closeOnExit({ bus, worker, endTelemetry }: Closing): void {
  const closeOnce = () => void (closing ??= close());
  let closing: Promise<void> | undefined;
  // start/server.ts sets this variable. Without it, Next ends the process by itself.
  if (process.env.NEXT_MANUAL_SIG_HANDLE) process.on('SIGINT', closeOnce).on('SIGTERM', closeOnce);
  // stdin is a pipe from the start script, and ends when that does, even if it was killed.
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
      sleep(250), // time for the last responses, and the last entries of the story
    ]);
    process.exit();
  }
}
