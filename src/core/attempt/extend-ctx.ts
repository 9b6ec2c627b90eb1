import { objectKind } from '../catalog/object-kind.ts';
import { isObject } from '../words/guards.ts';

/**
 * Returns a ctx with more members. A plain ctx is copied, as tRPC does, including its non-enumerable members. An instance
 * of a class stays usable as one: `Extension` says how.
 */
export function extendCtx(ctx: unknown, more: object): object {
  if (!isObject(ctx)) return { ...more };
  if (objectKind(ctx) !== 'plain') {
    const copy: object = Object.assign(Object.create(Object.getPrototypeOf(ctx) as object), ctx, more);
    return new Proxy(copy, new Extension(ctx, more));
  }
  const copy = { ...ctx, ...more };
  const names = Object.getOwnPropertyNames(ctx);
  if (names.length > Object.keys(ctx).length) {
    for (const name of names) {
      if (!Object.hasOwn(copy, name))
        Object.defineProperty(copy, name, Object.getOwnPropertyDescriptor(ctx, name)!);
    }
  }
  return copy;
}

/** An empty target for `Reflect.set`, for writes that no setter of the instance takes: they go to the receiver. */
const NOTHING: object = Object.freeze(Object.create(null));

/**
 * Makes the copy of an instance follow it. Getters, setters and methods run on the instance, because only it has its
 * private fields. Reads of a field see its current value. Adding, writing or deleting a field changes only the copy.
 */
class Extension implements ProxyHandler<object> {
  readonly #ctx: object;
  /** The keys that the copy decides about, and the instance no longer does. */
  readonly #own: Set<PropertyKey>;
  readonly #methods = new Map<unknown, unknown>();

  constructor(ctx: object, more: object) {
    this.#ctx = ctx;
    this.#own = new Set(Reflect.ownKeys(more));
  }

  get(copy: object, key: PropertyKey, receiver: unknown): unknown {
    if (this.#own.has(key) && Object.hasOwn(copy, key)) return Reflect.get(copy, key, receiver);
    const value: unknown = Reflect.get(this.#source(copy, key), key, this.#ctx);
    const isMethod = typeof value === 'function' && find(this.#class, key)?.value === value;
    if (!isMethod || key === 'constructor') return value;
    if (!this.#methods.has(value)) this.#methods.set(value, value.bind(this.#ctx));
    return this.#methods.get(value);
  }

  has(copy: object, key: PropertyKey): boolean {
    return (this.#own.has(key) && Object.hasOwn(copy, key)) || key in this.#source(copy, key);
  }

  set(copy: object, key: PropertyKey, value: unknown, receiver: unknown): boolean {
    if (this.#own.has(key) && Object.hasOwn(copy, key)) return Reflect.set(copy, key, value, receiver);
    const source = this.#source(copy, key);
    if (find(source, key)?.set !== undefined) return Reflect.set(source, key, value, this.#ctx);
    return Reflect.set(NOTHING, key, value, receiver);
  }

  defineProperty(copy: object, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    this.#settle(copy, key);
    return Reflect.defineProperty(copy, key, descriptor);
  }

  deleteProperty(copy: object, key: PropertyKey): boolean {
    const isDeleted = Reflect.deleteProperty(copy, key);
    if (isDeleted) this.#own.add(key);
    return isDeleted;
  }

  getOwnPropertyDescriptor(copy: object, key: PropertyKey): PropertyDescriptor | undefined {
    if (this.#own.has(key)) return Reflect.getOwnPropertyDescriptor(copy, key);
    if (!Object.isExtensible(copy)) return undefined;
    const ctx = this.#ctx;
    const descriptor = Reflect.getOwnPropertyDescriptor(ctx, key);
    if (descriptor === undefined) return undefined;
    // A proxy may report a member as locked only if its target has it locked.
    const open = { enumerable: descriptor.enumerable === true, configurable: true };
    if ('value' in descriptor) return { value: descriptor.value, writable: true, ...open };
    const { get, set } = descriptor;
    return { ...open, ...(get && { get: get.bind(ctx) }), ...(set && { set: set.bind(ctx) }) };
  }

  ownKeys(copy: object): (string | symbol)[] {
    const keys = new Set([...Reflect.ownKeys(this.#ctx), ...Reflect.ownKeys(copy)]);
    return Array.from(keys).filter((key) => this.getOwnPropertyDescriptor(copy, key) !== undefined);
  }

  /** Handles `Object.freeze` and similar calls: from then on, the copy decides about all its keys. */
  preventExtensions(copy: object): boolean {
    for (const key of this.ownKeys(copy)) this.#settle(copy, key);
    return Reflect.preventExtensions(copy);
  }

  get #class(): object {
    return Object.getPrototypeOf(this.#ctx) as object;
  }

  /** Returns the object to read a member from if it isn't the copy's own: the class if the copy lost it, else the instance. */
  #source(copy: object, key: PropertyKey): object {
    const isLost = this.#own.has(key) || !Object.isExtensible(copy);
    return isLost && Object.hasOwn(this.#ctx, key) ? this.#class : this.#ctx;
  }

  /** Lets the copy decide about a key, starting with the instance's current member. */
  #settle(copy: object, key: PropertyKey): void {
    if (this.#own.has(key)) return;
    const followed = this.getOwnPropertyDescriptor(copy, key);
    if (followed === undefined) Reflect.deleteProperty(copy, key);
    else Reflect.defineProperty(copy, key, followed);
    this.#own.add(key);
  }
}

/** Returns the descriptor of an own or inherited member. */
function find(object: object, key: PropertyKey): PropertyDescriptor | undefined {
  for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(at, key);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
}
