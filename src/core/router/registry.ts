import type { BusState } from '../bus/bus-state.ts';
import { EventsError } from '../errors.ts';
import { nameTaken, routerOf, type Registration, type RouterCore } from './router-core.ts';
import { quote } from '../suggest.ts';
import { handlerTarget, selectorOf, TargetIndex, type DecorateTarget, type Target } from './target.ts';
import type { EventShape } from '../types/catalog.ts';
import type { EventHandler } from '../types/handler.ts';

/** Who takes the events of one name. */
export interface Lookup {
  readonly targets: readonly Target[];
  /** Whether one of them does more than watch. */
  readonly taken: boolean;
}

/** The listeners and handlers of one bus, in order, and who takes which event. */
export class Registry {
  readonly #shape: EventShape;
  readonly #decorate: DecorateTarget;
  readonly #routers: readonly RouterCore[];
  readonly #handlers: readonly Target[];
  /** In the order in which they were given. */
  readonly #sources: readonly (RouterCore | Target)[];
  readonly #listeners = new WeakMap<Registration, Target>();
  #index: TargetIndex | undefined = undefined;
  readonly #dispatched = new Map<string, Lookup>();
  readonly #delivered = new Map<string, Lookup>();

  /** @throws EventsError `BAD_OPTION`, `BAD_PATTERN` */
  constructor(
    shape: EventShape,
    handlers: readonly EventHandler[],
    decorate: DecorateTarget = (target) => target,
  ) {
    this.#shape = shape;
    this.#decorate = decorate;
    this.#sources = [
      ...new Set(handlers.map((handler) => routerOf(handler) ?? decorate(handlerTarget(handler, shape)))),
    ];
    this.#routers = this.#sources.filter((source) => 'registrations' in source);
    this.#handlers = this.#sources.filter((source): source is Target => !('registrations' in source));
    const names = [
      ...this.#handlers.map(({ name }) => name),
      ...this.#routers.flatMap(({ named }) => [...named.keys()]),
    ];
    const seen = new Set<string>();
    for (const name of names) {
      if (seen.has(name)) throw new EventsError('BAD_OPTION', nameTaken(name));
      seen.add(name);
    }
    for (const router of this.#routers) {
      for (const { selector } of router.registrations) this.#assertLocal(selectorOf(selector, router));
    }
    for (const handler of this.#handlers)
      if (!handler.remote && !handler.passive) this.#assertLocal(handler.selects);
  }

  /** From now on, routers tell the bus what is registered. */
  joinRouters(bus: BusState): void {
    for (const router of this.#routers) router.joins(bus);
  }

  names(): ReadonlySet<string> {
    return this.#indexed().names;
  }

  /** Who gets an event that was dispatched here, or came from a queue. */
  lookUp(name: string, fromQueue: boolean): Lookup {
    const cache = fromQueue ? this.#delivered : this.#dispatched;
    let lookup = cache.get(name);
    if (lookup === undefined) cache.set(name, (lookup = this.#find(name, fromQueue)));
    return lookup;
  }

  /** What was looked up no longer holds. */
  invalidate(): void {
    this.#index = undefined;
    this.#dispatched.clear();
    this.#delivered.clear();
  }

  /** @throws EventsError `BAD_OPTION` where a listener that comes to a router doesn't fit to the rest of the bus */
  assertFits({ name, selector }: Registration, router: RouterCore): void {
    const isTaken = (other: RouterCore) => other !== router && other.named.has(name!);
    if (
      name !== undefined &&
      (this.#routers.some(isTaken) || this.#handlers.some((handler) => handler.name === name))
    ) {
      throw new EventsError('BAD_OPTION', nameTaken(name));
    }
    this.#assertLocal(selectorOf(selector, router));
  }

  #find(name: string, fromQueue: boolean): Lookup {
    const all = this.#indexed().selecting(name);
    const elsewhere = !fromQueue && all.some((target) => target.remote && target.local === false);
    const targets = all.filter((target) => (target.remote ? !fromQueue : target.passive || !elsewhere));
    return {
      targets: targets.filter((target) => !target.skips?.(name)),
      taken: targets.some((target) => !target.passive),
    };
  }

  #indexed(): TargetIndex {
    return (this.#index ??= new TargetIndex(this.#sources, this.#listeners, this.#decorate));
  }

  /** Where a forwarder and a local listener would take one event, the forwarder must say who gets it. */
  #assertLocal(selects: (name: string) => boolean): void {
    for (const forwarder of this.#handlers) {
      if (!forwarder.remote || forwarder.local !== undefined) continue;
      const both = Object.keys(this.#shape).filter((name) => forwarder.selects(name) && selects(name));
      if (both.length === 0) continue;
      throw new EventsError(
        'BAD_OPTION',
        `The forwarder ${quote(forwarder.name)} and local listeners both take ${both.map(quote).join(', ')}. Say who gets them: \`local: true\` for both, \`local: false\` for the queue alone, where a worker with the same router does the work.`,
      );
    }
  }
}
