import type { Span } from '@opentelemetry/api';
import type { ObservedBus } from '../core/types/observer.ts';

/** The spans of steps that have not ended, by the bus that runs the steps. */
export class OpenSpans {
  readonly #buses = new Map<ObservedBus, Set<Span>>();

  add(bus: ObservedBus, span: Span): void {
    const spans = this.#buses.get(bus);
    if (spans === undefined) this.#buses.set(bus, new Set([span]));
    else spans.add(span);
  }

  /** Returns false if the span is no longer open, because its bus has closed. */
  delete(bus: ObservedBus, span: Span): boolean {
    return this.#buses.get(bus)?.delete(span) ?? false;
  }

  /** Removes the spans of a bus, and returns them. */
  take(bus: ObservedBus): Iterable<Span> {
    const spans = this.#buses.get(bus) ?? [];
    this.#buses.delete(bus);
    return spans;
  }
}
