import type { AnyEvent } from '../../core/types/event.ts';
import type { EventObserver } from '../../core/types/observer.ts';
import type { TestTarget } from './only.ts';

/** The parts of a target's argument that are read. */
interface Argument {
  readonly event?: AnyEvent;
  readonly events?: readonly AnyEvent[];
  readonly attempt?: number;
}

/** Fails a share of attempts, chosen by seed, listener, attempt number and the event's place in dispatch order. */
export class FailRate {
  readonly #rate: number;
  readonly #seed: number;
  /** Places of events by id, because an event that came back from a queue is another object. */
  readonly #order = new Map<string, number>();
  /** Number of times that an attempt was made, counted only if it failed or if each one is made several times. */
  readonly #made = new Map<string, number>();
  readonly #isRepeated: boolean;

  constructor(rate: number, seed: number, isRepeated: boolean) {
    this.#rate = rate;
    this.#seed = seed;
    this.#isRepeated = isRepeated;
  }

  readonly observer: EventObserver = {
    name: 'failRate',
    dispatched: ({ id }) => void this.#placeOf(id),
  };

  decorate(target: TestTarget): void {
    if (target.passive) return;
    const { invoke } = target;
    target.invoke = (argument) => {
      this.#mayFail(target.name, argument);
      return invoke(argument);
    };
  }

  /** @throws Error if this attempt is one of those that fail */
  #mayFail(listener: string, { event, events, attempt = 1 }: Argument): void {
    const { id, name } = event ?? events![0]!;
    const place = this.#placeOf(id);
    const key = `${this.#seed} ${place} ${listener} ${attempt}`;
    const made = this.#made.get(key) ?? 0;
    const fails = share(made === 0 ? key : `${key} ${made}`) < this.#rate;
    // An event that a queue delivers again because it failed must not fail forever.
    if (fails || this.#isRepeated) this.#made.set(key, made + 1);
    if (!fails) return;
    throw new Error(
      `Injected by failRate ${this.#rate}, seed ${this.#seed}: attempt ${attempt} of ${JSON.stringify(listener)} on event ${place}, ${JSON.stringify(name)}`,
    );
  }

  #placeOf(id: string): number {
    let place = this.#order.get(id);
    if (place === undefined) this.#order.set(id, (place = this.#order.size + 1));
    return place;
  }
}

/** Hashes a text to a number from 0 up to 1, evenly spread: FNV-1a, then the finalizer of MurmurHash3. */
function share(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
