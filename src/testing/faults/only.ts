import { compilePatterns } from '../../core/catalog/pattern.ts';
import type { Target } from '../../core/model/target.ts';
import { EventsError } from '../../core/words/errors.ts';
import { quote } from '../../core/words/quote.ts';
import { didYouMean } from '../../core/words/suggest.ts';

/** A target that a bus has just made, decorated in place. It gets its final name later. */
export type TestTarget = { -readonly [K in keyof Target]: Target[K] };

/** The fault `only`: nobody, names, or events. */
export type Only = false | string | readonly string[] | { readonly events: unknown };

/** Makes targets skip events that they would take. */
export class OnlyThese {
  readonly #only: Only;
  readonly #targets: Target[] = [];
  readonly #isMeant: (target: Target, event: string) => boolean;

  /** @throws EventsError `BAD_PATTERN` */
  constructor(only: Only) {
    this.#only = only;
    if (typeof only === 'object' && 'events' in only) {
      const { selects } = compilePatterns(only.events);
      this.#isMeant = (_, event) => selects(event);
    } else {
      const names = only === false ? [] : [only].flat();
      this.#isMeant = ({ name }) => names.includes(name);
    }
  }

  /** Reads the name on each call, because a listener gets its final name later. */
  decorate(target: TestTarget): void {
    target.isMuted = (event) => !this.#isMeant(target, event);
    this.#targets.push(target);
  }

  /**
   * Checks `only` when the bus is made: a test would pass if a typo kept every listener from running.
   *
   * @throws EventsError `BAD_OPTION`, `BAD_PATTERN`
   */
  assertKnown(bus: { stream(pattern: never): { return?(): unknown } }): void {
    const only = this.#only;
    if (only === false) return;
    if (typeof only === 'object' && 'events' in only) return void bus.stream(only.events as never).return?.();
    const known = this.#targets.map(({ name }) => name);
    for (const name of [only].flat()) {
      if (known.includes(name)) continue;
      throw new EventsError(
        'BAD_OPTION',
        `testBus, faults: only names ${quote(name)}, and no listener or handler is named so. ${didYouMean(name, known)}`,
      );
    }
  }
}
