import { objectKind } from '../catalog/object-kind.ts';
import { isObject } from '../words/guards.ts';

/**
 * Returns a ctx with more members. A plain ctx is copied. An instance of a class stays usable as one: its getters,
 * setters and methods run on the instance itself, because nothing else has its private fields. What is written to its
 * other members stays in the new ctx, as in a copy.
 */
export function extendCtx(ctx: unknown, more: object): object {
  if (!isObject(ctx) || objectKind(ctx) === 'plain') return { ...(ctx as object), ...more };
  const copy: object = Object.assign(Object.create(Object.getPrototypeOf(ctx) as object), ctx, more);
  /** The keys whose values are those of the copy, not of the instance. */
  const own = new Set<PropertyKey>(Reflect.ownKeys(more));
  const methods = new Map<unknown, unknown>();
  return new Proxy(copy, {
    get(target, key) {
      if (own.has(key)) return Reflect.get(target, key);
      if (Object.hasOwn(ctx, key)) return Object.hasOwn(target, key) ? ctx[key] : undefined;
      const value: unknown = Reflect.get(ctx, key, ctx);
      const isMethod = typeof value === 'function' && inherited(ctx, key)?.value === value;
      if (!isMethod || key === 'constructor') return value;
      if (!methods.has(value)) methods.set(value, value.bind(ctx));
      return methods.get(value);
    },
    set(target, key, value) {
      if (!own.has(key) && inherited(ctx, key)?.set !== undefined) return Reflect.set(ctx, key, value, ctx);
      own.add(key);
      return Reflect.defineProperty(target, key, {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    },
    defineProperty(target, key, descriptor) {
      own.add(key);
      return Reflect.defineProperty(target, key, descriptor);
    },
    deleteProperty(target, key) {
      own.delete(key);
      return Reflect.deleteProperty(target, key);
    },
  });
}

/** Returns the descriptor of a member that an object has from its class, or from one above. */
function inherited(object: object, key: PropertyKey): PropertyDescriptor | undefined {
  let above = Object.getPrototypeOf(object) as object | null;
  while (above !== null) {
    const descriptor = Object.getOwnPropertyDescriptor(above, key);
    if (descriptor !== undefined) return descriptor;
    above = Object.getPrototypeOf(above) as object | null;
  }
  return undefined;
}
