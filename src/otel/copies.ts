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

/** Returns true if an SDK, of any copy, has registered its providers. If not, the API would do nothing, at some cost. */
export function isSdkRegistered(): boolean {
  const seen = shared[KEY];
  return seen !== undefined && (seen.trace !== undefined || seen.metrics !== undefined);
}

/**
 * Outside production, prints one line if a tracer provider was registered by a copy of the API that ours can't see. The
 * API says nothing of it, and nothing would be traced.
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

/** The version of our copy. A copy tells it only to an empty registry, so it registers in one that nobody else sees. */
function ownVersion(seen: Registered): string | undefined {
  shared[KEY] = undefined;
  try {
    metrics.setGlobalMeterProvider(metrics.getMeterProvider());
    return (shared as { readonly [KEY]?: Registered })[KEY]?.version;
  } finally {
    shared[KEY] = seen;
  }
}
