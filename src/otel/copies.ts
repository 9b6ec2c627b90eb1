import { metrics, trace } from '@opentelemetry/api';
import { isProduction } from '../core/host/environment.ts';
import { printLine } from '../core/report/line.ts';

/** The global in which all copies of the API keep what was registered, and the version of the first copy that did. */
const KEY = Symbol.for('opentelemetry.js.api.1');
interface Registered {
  readonly version?: string;
  readonly trace?: unknown;
  readonly metrics?: unknown;
}
const shared = globalThis as { [KEY]?: Registered | undefined };

let isPrinted = false;

/** Returns true if an SDK has registered with any copy of the API. If not, the API would do nothing, at some cost. */
export function isSdkRegistered(): boolean {
  const seen = shared[KEY];
  return seen !== undefined && (seen.trace !== undefined || seen.metrics !== undefined);
}

/**
 * Prints one line if a tracer provider was registered with a copy of the API that ours can't see. Nothing would be traced
 * then, and the API doesn't say so. Prints nothing in production.
 */
export function warnOfOtherCopy(): void {
  const seen = shared[KEY];
  if (isPrinted || seen?.trace === undefined || trace.getTracerProvider() === seen.trace) return;
  isPrinted = true;
  if (isProduction()) return;
  printLine(
    `Nothing is traced: the OpenTelemetry SDK was registered by @opentelemetry/api ${seen.version}, and trpc-events/otel has ${ownVersion(seen)}, which doesn't see it. Install one version for both; \`npm ls @opentelemetry/api\` lists them.`,
  );
}

/** Returns the version of our copy. A copy writes it only to an empty registry, so we give it one for a moment. */
function ownVersion(seen: Registered): string | undefined {
  shared[KEY] = undefined;
  try {
    metrics.setGlobalMeterProvider(metrics.getMeterProvider());
    return (shared as { readonly [KEY]?: Registered })[KEY]?.version;
  } finally {
    shared[KEY] = seen;
  }
}
