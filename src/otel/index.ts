/**
 * OpenTelemetry: traces and metrics that follow an event from its procedure, past the response, through a queue into the
 * worker. It needs `@opentelemetry/api` 1.9 or later.
 *
 * @example
 * ```ts
 * import { openTelemetry } from 'trpc-events/otel';
 *
 * export const bus = e.bus({ handlers: [eventRouter], observers: [openTelemetry()] });
 * ```
 *
 * @module
 */
export { openTelemetry } from './open-telemetry.ts';
export type { OpenTelemetryOptions } from './options.ts';
