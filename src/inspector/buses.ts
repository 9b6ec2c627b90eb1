import type { BusDescription } from '../core/types/describe.ts';
import type { ObservedBus } from '../core/types/observer.ts';
import { EventsError } from '../core/words/errors.ts';
import { isObject } from '../core/words/guards.ts';
import { quote } from '../core/words/quote.ts';
import type { Redaction } from './options.ts';
import { hidingOf, type Hiding } from './text/hiding.ts';

/** The buses that an inspector observes, by their numbers: the first is 1. */
export class Buses {
  readonly #buses = new Map<number, ObservedBus>();
  /** The hidden parts of events, by their names. They are read when needed: describing thousands of schemas takes time. */
  readonly #hiding = new Map<string, Hiding | 'all'>();
  #described: readonly BusDescription[] | undefined;
  #isChecked = false;

  /** Adds a bus. Returns the function that removes it. */
  add(bus: ObservedBus): () => void {
    let number = 1;
    while (this.#buses.has(number)) number++;
    this.#buses.set(number, bus);
    this.reset();
    return () => {
      if (this.#buses.get(number) === bus) this.#buses.delete(number);
      this.reset();
    };
  }

  /** Forgets what was derived from the options and the buses. */
  reset(): void {
    this.#hiding.clear();
    this.#described = undefined;
    this.#isChecked = false;
  }

  entries(): readonly (readonly [number, ObservedBus])[] {
    return [...this.#buses].sort(([a], [b]) => a - b);
  }

  /** Returns the first bus whose catalog has an event. With a number, only the bus of that number counts. */
  withEvent(name: string, number?: number): ObservedBus | undefined {
    return this.#find(({ events }) => events.some((event) => event.name === name), number)[0];
  }

  withListener(event: string, name: string, number?: number): readonly ObservedBus[] {
    return this.#find(
      ({ listeners }) =>
        listeners.some((listener) => listener.name === name && listener.events.includes(event)),
      number,
    );
  }

  #find(has: (description: BusDescription) => boolean, number?: number): readonly ObservedBus[] {
    return this.entries()
      .filter(([other, bus]) => (number === undefined || number === other) && has(bus.describe()))
      .map(([, bus]) => bus);
  }

  hidingOf(name: string, redact: readonly Redaction[]): Hiding | 'all' {
    let hiding = this.#hiding.get(name);
    if (hiding === undefined) {
      const paths = redact.flatMap(({ selector, paths }) => (selector.selects(name) ? paths : []));
      const schemas = this.#descriptions().flatMap(({ events }) =>
        events.flatMap((event) => (event.name === name && isObject(event.schema) ? [event.schema] : [])),
      );
      hiding = hidingOf(paths, schemas);
      this.#hiding.set(name, hiding);
    }
    return hiding;
  }

  /**
   * Refuses a pattern that selects no event of any bus, because a typo would show what should be hidden. It checks once.
   *
   * @throws EventsError `BAD_PATTERN`
   */
  check(redact: readonly Redaction[]): void {
    if (this.#isChecked || redact.length === 0) return;
    this.#isChecked = true;
    const names = this.#descriptions().flatMap(({ events }) => events.map(({ name }) => name));
    const idle = redact.find(({ selector }) => !names.some((name) => selector.selects(name)));
    if (idle === undefined) return;
    const text = quote(idle.selector.text);
    throw new EventsError(
      'BAD_PATTERN',
      `redact: no event of the catalog matches ${text}: it hides nothing.`,
    );
  }

  #descriptions(): readonly BusDescription[] {
    this.#described ??= this.entries().map(([, bus]) => bus.describe());
    return this.#described;
  }
}
