import {
  metrics,
  type Attributes,
  type Meter,
  type MetricOptions,
  type ObservableCallback,
} from '@opentelemetry/api';
import type { DeadLetter } from '../core/types/delivery.ts';
import type { AnyEvent } from '../core/types/event.ts';
import type { AttemptInfo, DeliveryInfo, DiscardReason, Outcome, SendInfo } from '../core/types/observer.ts';
import type { EventsError } from '../core/words/errors.ts';
import { commonName, errorType, HERE, stepAttributes } from './attributes.ts';
import { late } from './late.ts';

/** The bounds of the histograms, in seconds, as the semantic conventions give them. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

function makeInstruments(meter: Meter) {
  const histogram = (name: string, description: string) =>
    meter.createHistogram(name, {
      description,
      unit: 's',
      advice: { explicitBucketBoundaries: BOUNDS },
    });
  const counter = (name: string, unit: string, description: string) =>
    meter.createCounter(name, { unit, description });
  const pending: MetricOptions = {
    unit: '{event}',
    description: 'Events that are deferred, waiting or running.',
  };
  return {
    processDuration: histogram('messaging.process.duration', 'Duration of an attempt of a listener.'),
    operationDuration: histogram('messaging.client.operation.duration', 'Duration of a call to a broker.'),
    sent: counter('messaging.client.sent.messages', '{message}', 'Messages that were sent, or failed.'),
    consumed: counter('messaging.client.consumed.messages', '{message}', 'Messages that came from a queue.'),
    dispatched: counter('trpc_events.dispatched', '{event}', 'Events that were dispatched.'),
    dropped: counter('trpc_events.dropped', '{event}', 'Events that were dropped, by reason.'),
    retried: counter(
      'trpc_events.retried',
      '{attempt}',
      'Attempts that failed, and that another one follows.',
    ),
    deadLettered: counter(
      'trpc_events.dead_lettered',
      '{event}',
      'Events that a listener has failed for good.',
    ),
    waitDuration: histogram(
      'trpc_events.wait.duration',
      'Time from a dispatch to the first attempt of a listener.',
    ),
    pending: meter.createObservableUpDownCounter('trpc_events.pending', pending),
  };
}
type Instruments = ReturnType<typeof makeInstruments>;

const failure = (outcome: Outcome): Attributes =>
  outcome.ok ? {} : { 'error.type': errorType(outcome.error) };

/** The metrics of all buses of an observer. Their attributes are only names, because ids would make a series for each event. */
export class Metrics {
  readonly #instruments: () => Instruments;
  /** The buses that `trpc_events.pending` counts. A bus that has the observer twice is listed twice. */
  readonly #buses: { readonly pending: number }[] = [];
  /** The instrument that our callback was added to. */
  #observed: Instruments['pending'] | undefined = undefined;

  constructor(meter: Meter | undefined) {
    this.#instruments =
      meter === undefined
        ? late(
            () => metrics.getMeterProvider(),
            (provider) => this.#made(provider.getMeter('trpc-events')),
          )
        : late(
            () => meter,
            (given) => this.#made(given),
          );
  }

  #made(meter: Meter): Instruments {
    const instruments = makeInstruments(meter);
    this.#observe(this.#buses.length > 0 ? instruments.pending : undefined);
    return instruments;
  }

  /** Moves our callback from the instrument that has it to another one. */
  #observe(pending: Instruments['pending'] | undefined): void {
    if (pending === this.#observed) return;
    this.#observed?.removeCallback(this.#countPending);
    this.#observed = pending;
    pending?.addCallback(this.#countPending);
  }

  readonly #countPending: ObservableCallback = (result) => {
    let pending = 0;
    for (const bus of new Set(this.#buses)) pending += bus.pending;
    result.observe(pending);
  };

  attach(bus: { readonly pending: number }): void {
    this.#buses.push(bus);
    this.#observe(this.#instruments().pending);
  }

  detach(bus: { readonly pending: number }): void {
    this.#buses.splice(this.#buses.indexOf(bus), 1);
    if (this.#buses.length === 0) this.#observe(undefined);
  }

  /** Returns true as long as the bus has the observer, which it may have twice. */
  isAttached(bus: { readonly pending: number }): boolean {
    return this.#buses.includes(bus);
  }

  dispatched({ name }: AnyEvent): void {
    this.#instruments().dispatched.add(1, { 'trpc_events.event': name });
  }

  dropped({ name }: AnyEvent, reason: DiscardReason): void {
    this.#instruments().dropped.add(1, { 'trpc_events.event': name, 'trpc_events.reason': reason });
  }

  retried({ event, listener }: AttemptInfo, error: unknown): void {
    this.#instruments().retried.add(1, {
      'trpc_events.event': event.name,
      'trpc_events.listener': listener,
      'error.type': errorType(error),
    });
  }

  deadLettered({ event, listener, reason }: DeadLetter): void {
    this.#instruments().deadLettered.add(1, {
      'trpc_events.event': event.name,
      'trpc_events.listener': listener,
      'trpc_events.reason': reason,
    });
  }

  /** Records how long the events of a first attempt have waited since their dispatch. */
  waited({ attempt, events, listener }: AttemptInfo): void {
    if (attempt > 1) return;
    const now = Date.now();
    for (const { name, time } of events) {
      const attributes = { 'trpc_events.event': name, 'trpc_events.listener': listener };
      // The difference may be negative, because the clock of another process may be ahead.
      this.#instruments().waitDuration.record(Math.max(0, now - time.getTime()) / 1000, attributes);
    }
  }

  processed({ events, listener }: AttemptInfo, ms: number, outcome: Outcome): void {
    this.#instruments().processDuration.record(ms / 1000, {
      ...stepAttributes('process', HERE, commonName(events)),
      'trpc_events.listener': listener,
      ...failure(outcome),
    });
  }

  sent({ system, destination, events }: SendInfo, ms: number, outcome: Outcome): void {
    const { operationDuration, sent } = this.#instruments();
    const attributes = { ...stepAttributes('send', system, destination), ...failure(outcome) };
    operationDuration.record(ms / 1000, { ...attributes, 'messaging.operation.type': 'send' });
    sent.add(events.length, attributes);
  }

  consumed({ from, event }: Pick<DeliveryInfo, 'from' | 'event'>): void {
    this.#instruments().consumed.add(1, {
      ...stepAttributes('process', from?.system ?? HERE, from?.destination ?? event.name),
      'trpc_events.event': event.name,
    });
  }

  /**
   * Counts a refused message. Its event's name is left out, because nothing has checked it, and each text would make its
   * own series.
   */
  refused(error: EventsError, from: DeliveryInfo['from']): void {
    this.#instruments().consumed.add(1, {
      ...stepAttributes('process', from?.system ?? HERE, from?.destination),
      'error.type': error.code,
    });
  }
}
