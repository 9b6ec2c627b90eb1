import { setTimeout as sleep } from 'node:timers/promises';
import type { EventObserver } from 'trpc-events';

/** How long an ending process waits for the last traces to be sent, in ms. The collector may be gone. */
const PATIENCE = 1000;

/**
 * Sends traces and metrics of a bus to `OTEL_EXPORTER_OTLP_ENDPOINT`. Next adds the spans of its requests by itself. Without
 * the variable, OpenTelemetry is not loaded. The returned function sends what is left.
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
