import { setTimeout as sleep } from 'node:timers/promises';
import type { EventObserver } from 'trpc-events';

/** How long the end of a process waits for the last traces to be sent, in ms: the collector may be gone. */
const PATIENCE = 1000;

/**
 * Sends what a bus does to where `OTEL_EXPORTER_OTLP_ENDPOINT` says, as traces and metrics. Next adds the spans of its
 * requests by itself. Without the variable, nothing of OpenTelemetry is loaded. The returned function sends what is left.
 */
export async function startTelemetry(
  bus: { observe(observer: EventObserver): () => void },
  serviceName: string,
): Promise<() => Promise<void>> {
  if (!process.env.OTEL_EXPORTER_OTLP_ENDPOINT) return () => Promise.resolve();
  const [{ NodeSDK }, { openTelemetry }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('trpc-events/otel'),
  ]);
  const sdk = new NodeSDK({ serviceName }); // reads where to send, and how, from the environment
  sdk.start();
  bus.observe(openTelemetry());
  return async () => {
    await Promise.race([sdk.shutdown().catch(() => {}), sleep(PATIENCE)]);
  };
}
