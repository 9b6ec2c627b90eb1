import { context } from '@opentelemetry/api';
import type { EventObserver, ObservedBus, Outcome, RunStep } from '../core/types/observer.ts';
import { isSdkRegistered } from './copies.ts';
import { Faults } from './faults.ts';
import { Metrics } from './metrics.ts';
import { readSettings, type OpenTelemetryOptions } from './options.ts';
import { type Begun, Spans } from './spans.ts';

/**
 * Makes an observer that traces and measures events with OpenTelemetry. A trace leads from the procedure, past its
 * response, to each attempt of each listener. After a queue, a new trace is linked to it. Payloads are never shown. If no
 * SDK is registered, it does nothing. Several buses can share one observer.
 *
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import { openTelemetry } from 'trpc-events/otel';
 *
 * export const bus = e.bus({
 *   handlers: [eventRouter],
 *   observers: [openTelemetry({ attributes: ({ path }) => ({ 'app.area': path?.split('.')[0] }) })],
 * });
 * ```
 */
export function openTelemetry(options?: OpenTelemetryOptions): EventObserver {
  const settings = readSettings(options);
  const faults = new Faults();
  const metrics = new Metrics(settings.meter);
  const spans = new Spans(settings, faults);

  /** Runs a step within its span. If tracing throws, the step still runs once, its span ends, and the bus reports the error. */
  async function within(
    bus: ObservedBus,
    begin: () => Begun,
    run: RunStep,
    { isAttempt = false, measure }: { isAttempt?: boolean; measure?: (ms: number, outcome: Outcome) => void },
  ): Promise<void> {
    const begun = faults.keep(begin);
    const start = performance.now();
    // If entering the context throws, the step runs without it. A second call of `run` runs nothing.
    const entered = begun && faults.keep(() => context.with(begun.context, run));
    const outcome = await (entered ?? run());
    const ms = performance.now() - start;
    if (begun !== undefined) spans.end(bus, begun, outcome, isAttempt);
    if (measure !== undefined) faults.keep(() => measure(ms, outcome));
    faults.raise();
  }

  const isGiven = settings.tracer !== undefined || settings.meter !== undefined;
  const isIdle = () => !isGiven && !isSdkRegistered();

  return {
    name: 'opentelemetry',
    attached(bus) {
      faults.keep(() => metrics.attach(bus));
      return () => {
        faults.keep(() => metrics.detach(bus));
        if (!metrics.isAttached(bus)) spans.endAll(bus);
        faults.raise();
      };
    },
    dispatched(event) {
      if (isIdle()) return undefined;
      faults.keep(() => metrics.dispatched(event));
      return spans.create(event);
    },
    discarded(event, { reason }) {
      faults.keep(() => spans.drop(event, reason));
      metrics.dropped(event, reason);
      faults.raise();
    },
    backedOff: (attempt, { error }) => metrics.retried(attempt, error),
    deadLettered: (letter) => metrics.deadLettered(letter),
    refused: (error, { from }) => metrics.refused(error, from),
    wrapAttempt(info, run, bus) {
      if (isIdle()) return void run();
      faults.keep(() => metrics.waited(info));
      return within(bus, () => spans.attempt(info, bus), run, {
        isAttempt: true,
        measure: (ms, outcome) => metrics.processed(info, ms, outcome),
      });
    },
    wrapSend: (info, run, bus) =>
      within(bus, () => spans.send(info, bus), run, {
        measure: (ms, outcome) => metrics.sent(info, ms, outcome),
      }),
    wrapDelivery(info, run, bus) {
      faults.keep(() => metrics.consumed(info));
      return within(bus, () => spans.delivery(info, bus), run, {});
    },
  };
}
