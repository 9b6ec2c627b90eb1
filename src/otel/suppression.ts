import { context, createContextKey, type Context } from '@opentelemetry/api';

/** The context key that keeps an SDK from tracing. `@opentelemetry/core` exports it, but only the API is a peer dependency. */
const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
/** The context key that marks a suppression as ours, and not the application's. */
const OURS = createContextKey('trpc-events suppresses');

/** Returns a context in which nothing is traced, for a call to a broker. */
export function suppressed(base: Context): Context {
  if (base.getValue(SUPPRESSED) === true) return base;
  return base.setValue(SUPPRESSED, true).setValue(OURS, true);
}

/**
 * Returns the active context, without the suppression of a send. A broker's client may dispatch, deliver or begin a flush
 * within its call, and only the client's own spans should be suppressed. A suppression by the application stays.
 */
export function activeContext(): Context {
  const active = context.active();
  return active.getValue(OURS) === true ? active.deleteValue(SUPPRESSED).deleteValue(OURS) : active;
}
