import type { ListenerArgument, ManyArgument } from '../flush/attempt.ts';
import { Gate } from '../delivery/gate.ts';
import type { Policy } from '../delivery/policy.ts';
import { assertSelects, compilePatterns, type Selector } from '../catalog/pattern.ts';
import type { Registration, RouterCore } from './router-core.ts';
import { quote } from '../suggest.ts';
import type { EventShape } from '../types/catalog.ts';
import type { EventForwarder, EventHandler } from '../types/handler.ts';

/** Whatever gets events of a bus: one listener of a router, or a handler. */
export interface Target {
  /** Unique in its bus. A derived one may change, when another listener comes. */
  name: string;
  /** It gets the events of a flush at once, as `handleMany` does. */
  readonly many: boolean;
  /** It only watches. */
  readonly passive: boolean;
  /** A forwarder, and what it said of `local`. */
  readonly remote: boolean;
  readonly local: boolean | undefined;
  /** The one name that it selects, where it is a plain name. */
  readonly exact: string | undefined;
  readonly selects: (name: string) => boolean;
  /** Whether it does not get what it takes: in tests alone. */
  readonly skips?: (name: string) => boolean;
  /** Whether its listener was taken off since. */
  readonly isOff: () => boolean;
  readonly invoke: (argument: never) => unknown;
  /** How its events are delivered, where that was given. */
  readonly policy: Policy | undefined;
  /** Where its policy has a `concurrency`. */
  readonly gate: Gate | undefined;
}

/** How `trpc-events/testing` gets at the targets of a bus, of another copy of this package too: an option that no type has. */
export const DECORATE = Symbol.for('trpc-events.decorate-targets');
/** What it does to each of them. */
export type DecorateTarget = (target: Target) => Target;

/** A router of a smaller catalog gets that catalog's events alone: its `*` knows no others. */
export function selectorOf(selector: Selector, router: RouterCore): (name: string) => boolean {
  return (name) => selector.selects(name) && Object.hasOwn(router.shape, name);
}

/** @throws EventsError `BAD_PATTERN` */
export function handlerTarget(handler: EventHandler & Partial<EventForwarder>, shape: EventShape): Target {
  const selector = compilePatterns(handler.events ?? '*');
  assertSelects(selector, shape, `e.bus, handler ${quote(handler.name)}`);
  const many = handler.handleMany !== undefined;
  return {
    name: handler.name,
    many,
    passive: handler.passive === true,
    remote: handler.remote === true,
    local: handler.local,
    exact: selector.name,
    selects: selector.selects,
    isOff: () => false,
    invoke: many
      ? (argument: ManyArgument) => handler.handleMany!(argument.events, argument)
      : (argument: ListenerArgument) => handler.handle!(argument.event, argument),
    policy: undefined,
    gate: undefined,
  };
}

function listenerTarget(registration: Registration, router: RouterCore): Target {
  const { selector, invoke, policy } = registration;
  return {
    name: registration.fallback,
    many: false,
    passive: false,
    remote: false,
    local: undefined,
    exact: selector.name,
    selects: selectorOf(selector, router),
    isOff: () => registration.isOff,
    invoke,
    policy,
    gate: policy?.concurrency === undefined ? undefined : new Gate(policy.concurrency),
  };
}

/** The targets of a bus under their final names, found by the name of an event. */
export class TargetIndex {
  readonly names = new Set<string>();
  readonly #order = new Map<Target, number>();
  readonly #exact = new Map<string, Target[]>();
  readonly #globs: Target[] = [];

  /** `listeners` has those of former indexes: a flush that is under way knows its targets by their identity. */
  constructor(
    sources: readonly (RouterCore | Target)[],
    listeners: WeakMap<Registration, Target>,
    decorate: DecorateTarget,
  ) {
    // What was given comes first: a derived name gives way to it.
    for (const source of sources) for (const name of givenNames(source)) this.names.add(name);
    for (const source of sources) {
      if (!('registrations' in source)) this.#add(source);
      else
        for (const it of source.registrations) {
          const target = listeners.get(it) ?? decorate(listenerTarget(it, source));
          target.name = it.name ?? this.#unique(it.fallback);
          listeners.set(it, target);
          this.#add(target);
        }
    }
  }

  /** In the order in which they were given and registered. */
  selecting(name: string): Target[] {
    const found = [...(this.#exact.get(name) ?? []), ...this.#globs].filter((target) => target.selects(name));
    return found.sort((a, b) => this.#order.get(a)! - this.#order.get(b)!);
  }

  #add(target: Target): void {
    this.#order.set(target, this.#order.size);
    if (target.exact === undefined) this.#globs.push(target);
    else if (this.#exact.has(target.exact)) this.#exact.get(target.exact)!.push(target);
    else this.#exact.set(target.exact, [target]);
  }

  /** The name, with a number where it is taken. */
  #unique(name: string): string {
    let result = name;
    for (let i = 2; this.names.has(result); i++) result = `${name}#${i}`;
    this.names.add(result);
    return result;
  }
}

function givenNames(source: RouterCore | Target): Iterable<string> {
  return 'registrations' in source ? source.named.keys() : [source.name];
}
