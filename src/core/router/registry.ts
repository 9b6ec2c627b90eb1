import type { TargetLookup } from '../model/settings.ts';
import { needContext, type Lookup, type Target } from '../model/target.ts';
import type { EventShape } from '../types/catalog.ts';
import type { EventHandler } from '../types/handler.ts';
import { EventsError } from '../words/errors.ts';
import { quote } from '../words/quote.ts';
import { nameTaken, type Registration, type RouterCore, routerOf, type RouterUser } from './router-core.ts';
import { type DecorateTarget, handlerTarget, listenerTarget, selectorOf } from './target.ts';

const isRouter = (source: RouterCore | Target): source is RouterCore =>
  Object.hasOwn(source, 'registrations');

/** The listeners and handlers of one bus, in order, and who takes which event. */
export class Registry implements TargetLookup, RouterUser {
  readonly #shape: EventShape;
  readonly #decorate: DecorateTarget;
  readonly #routers: readonly RouterCore[];
  readonly #handlers: readonly Target[];
  /** Routers and handlers in the order of the `handlers` option. */
  readonly #sources: readonly (RouterCore | Target)[];
  /** Targets by listener. A target keeps its identity, by which a flush that is under way knows it. */
  readonly #listeners = new WeakMap<Registration, Target>();
  #targets: readonly Target[] | undefined = undefined;
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
    this.#routers = this.#sources.filter(isRouter);
    this.#handlers = this.#sources.filter((source): source is Target => !isRouter(source));
    const seen = new Set<string>();
    for (const name of this.#givenNames()) {
      if (seen.has(name)) throw new EventsError('BAD_OPTION', nameTaken(name));
      seen.add(name);
    }
    for (const router of this.#routers) {
      for (const { selector } of router.registrations) this.#assertLocal(selectorOf(selector, router));
    }
    for (const handler of this.#handlers)
      if (!handler.remote && !handler.passive) this.#assertLocal(handler.selects);
  }

  /** Makes the routers tell this registry of every listener that is registered or taken off. */
  joinRouters(): void {
    for (const router of this.#routers) router.joins(this);
  }

  leaveRouters(): void {
    for (const router of this.#routers) router.leaves(this);
  }

  /** Returns all targets under their final names, in the order of handlers and registrations. */
  targets(): readonly Target[] {
    return (this.#targets ??= this.#makeTargets());
  }

  lookUp(name: string, fromQueue: boolean): Lookup {
    const cache = fromQueue ? this.#delivered : this.#dispatched;
    let lookup = cache.get(name);
    if (lookup === undefined) cache.set(name, (lookup = this.#find(name, fromQueue)));
    return lookup;
  }

  /** Forgets all lookups, because a listener was registered or taken off. */
  invalidate(): void {
    this.#targets = undefined;
    this.#dispatched.clear();
    this.#delivered.clear();
  }

  /** @throws EventsError `BAD_OPTION` if a new listener of a router doesn't fit the rest of the bus */
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
    const all = this.targets().filter((target) => target.selects(name));
    const elsewhere = !fromQueue && all.some((target) => target.remote && target.local === false);
    const targets = all.filter((target) => (target.remote ? !fromQueue : target.passive || !elsewhere));
    return {
      targets: targets.filter((target) => !target.isMuted?.(name)),
      isHandled: targets.some((target) => !target.passive),
      needsContext: needContext(targets),
    };
  }

  #givenNames(): readonly string[] {
    return this.#sources.flatMap((source) => (isRouter(source) ? [...source.named.keys()] : [source.name]));
  }

  #makeTargets(): readonly Target[] {
    // Names that were given come first: a derived name gives way to them.
    const names = new Names(this.#givenNames());
    return this.#sources.flatMap((source) => {
      if (!isRouter(source)) return [source];
      return Array.from(source.registrations, (registration) => this.#targetOf(registration, source, names));
    });
  }

  #targetOf(registration: Registration, router: RouterCore, names: Names): Target {
    let target = this.#listeners.get(registration);
    if (target === undefined) {
      target = this.#decorate(listenerTarget(registration, router));
      this.#listeners.set(registration, target);
    }
    target.name = registration.name ?? names.addUnique(registration.fallback);
    return target;
  }

  /** Requires a forwarder's `local` option if the forwarder and a local listener would take the same event. */
  #assertLocal(selects: (name: string) => boolean): void {
    for (const forwarder of this.#handlers) {
      if (!forwarder.remote || forwarder.local !== undefined) continue;
      const both = Object.keys(this.#shape).filter((name) => forwarder.selects(name) && selects(name));
      if (both.length === 0) continue;
      throw new EventsError(
        'BAD_OPTION',
        `The forwarder ${quote(forwarder.name)} and local listeners both take ${both.map(quote).join(', ')}. Say who gets them: \`local: true\` for both, \`local: false\` for only the queue, if a worker with the same router does the work.`,
      );
    }
  }
}

/** The names of a bus. It remembers the next number of each name, so that thousands of equal ones cost no search each. */
class Names {
  readonly #taken: Set<string>;
  readonly #numbers = new Map<string, number>();

  constructor(given: Iterable<string>) {
    this.#taken = new Set(given);
  }

  /** Adds a name, with a number if it is taken, and returns it. */
  addUnique(name: string): string {
    let number = this.#numbers.get(name) ?? 1;
    let result = name;
    while (this.#taken.has(result)) result = `${name}#${++number}`;
    this.#numbers.set(name, number);
    this.#taken.add(result);
    return result;
  }
}
