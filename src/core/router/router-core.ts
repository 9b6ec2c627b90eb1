import { assertSelects, compilePatterns, type Selector } from '../catalog/pattern.ts';
import { isDevelopment } from '../host/environment.ts';
import { readRetryPolicy, RETRY_POLICY, type RetryPolicy } from '../model/retry-policy.ts';
import type { EventShape } from '../types/catalog.ts';
import type { ListenerOptions } from '../types/router.ts';
import { EventsError } from '../words/errors.ts';
import { isGeneratorFunction, isObject } from '../words/guards.ts';
import { aSignal, aString, badArgument, readOptions } from '../words/options.ts';
import { quote } from '../words/quote.ts';
import { withSteps, type Step } from './steps.ts';

/** A registered listener. */
export interface Registration {
  readonly selector: Selector;
  /** The given name. Without one, a name is derived from `fallback`. */
  readonly name: string | undefined;
  readonly fallback: string;
  readonly invoke: (argument: never) => unknown;
  readonly retryPolicy: RetryPolicy | undefined;
  /** True if the listener was taken off by its `signal`, or replaced. */
  isOff: boolean;
}

interface Ref<T> {
  deref(): T | undefined;
}
/** Workers with a compatibility date before May 2025 have no WeakRef. They keep one bus, so a strong reference does no harm. */
const makeRef: <T extends object>(target: T) => Ref<T> =
  typeof WeakRef === 'undefined' ? (target) => ({ deref: () => target }) : (target) => new WeakRef(target);

/** The registry of a bus, as the routers that it uses see it. */
export interface RouterUser {
  /** @throws EventsError `BAD_OPTION` if a new listener doesn't fit the rest of the bus */
  assertFits(registration: Registration, router: RouterCore): void;
  /** Forgets all lookups, because a listener was registered or taken off. */
  invalidate(): void;
}

/** The state that all views on one router share. */
export class RouterCore {
  readonly shape: EventShape;
  readonly registrations = new Set<Registration>();
  readonly named = new Map<string, Registration>();
  /** Registries are held weakly, because a router often lives as long as its module and a bus need not. */
  readonly #users = new Set<Ref<RouterUser>>();

  constructor(shape: EventShape) {
    this.shape = shape;
  }

  joins(user: RouterUser): void {
    this.#users.add(makeRef(user));
  }

  leaves(user: RouterUser): void {
    for (const ref of this.#users) if (ref.deref() === user) this.#users.delete(ref);
  }

  register(
    pattern: unknown,
    listener: unknown,
    options: ListenerOptions | undefined,
    steps: readonly Step[],
  ): void {
    const { registration, signal } = this.#read(pattern, listener, options, steps);
    const { name } = registration;
    if (signal?.aborted) return;
    const former = name === undefined ? undefined : this.named.get(name);
    // In development, a module that is reloaded registers the same names again: its listeners replace the old ones.
    if (former?.name !== undefined && !isDevelopment())
      throw new EventsError('BAD_OPTION', nameTaken(former.name));
    for (const user of this.#alive()) user.assertFits(registration, this);
    if (former !== undefined) this.#takeOff(former);
    this.registrations.add(registration);
    if (name !== undefined) this.named.set(name, registration);
    this.#changed();
    signal?.addEventListener('abort', () => this.#takeOff(registration), { once: true });
  }

  /** @throws EventsError `BAD_PATTERN`, `BAD_OPTION` */
  #read(
    pattern: unknown,
    listener: unknown,
    options: ListenerOptions | undefined,
    steps: readonly Step[],
  ): { readonly registration: Registration; readonly signal: AbortSignal | undefined } {
    const selector = compilePatterns(pattern);
    assertSelects(selector, this.shape);
    const where = `.on(${quote(selector.text)}, …)`;
    if (typeof listener !== 'function') throw badArgument(where, 'a function as its listener', listener);
    if (isGeneratorFunction(listener)) {
      throw new EventsError(
        'BAD_OPTION',
        `${where}: the listener is a generator function, which would never run, because nothing pulls from it. Make it an async function. What must be cleaned up after an attempt is made by a generator in e.depends.`,
      );
    }
    const given = readOptions(where, options, { name: aString, signal: aSignal, ...RETRY_POLICY });
    const invoke = listener as Registration['invoke'];
    const registration = {
      selector,
      name: given.name,
      fallback: listener.name || selector.text,
      invoke: steps.length === 0 ? invoke : withSteps(steps, invoke),
      retryPolicy: readRetryPolicy(where, given as ListenerOptions),
      isOff: false,
    };
    return { registration, signal: given.signal };
  }

  #takeOff(registration: Registration): void {
    registration.isOff = true;
    if (!this.registrations.delete(registration)) return;
    if (registration.name !== undefined) this.named.delete(registration.name);
    this.#changed();
  }

  #changed(): void {
    for (const user of this.#alive()) user.invalidate();
  }

  *#alive(): Generator<RouterUser> {
    for (const ref of this.#users) {
      const user = ref.deref();
      if (user === undefined) this.#users.delete(ref);
      else yield user;
    }
  }
}

export function nameTaken(name: string): string {
  return `Two listeners or handlers are named ${quote(name)}: names must be unique in a bus, because reports and queues identify listeners by them. Rename one.`;
}

const ROUTER = Symbol.for('trpc-events.router.1');

/** Returns the router that a handler is a view on. */
export function routerOf(handler: unknown): RouterCore | undefined {
  return isObject(handler) ? (handler[ROUTER] as RouterCore | undefined) : undefined;
}

/** Marks an object as a view on a router. */
export function markRouter(view: object, core: RouterCore): void {
  Object.defineProperty(view, ROUTER, { value: core });
}
