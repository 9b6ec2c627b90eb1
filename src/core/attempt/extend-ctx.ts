import { objectKind } from '../catalog/object-kind.ts';
import { isObject } from '../words/guards.ts';

/**
 * Returns a ctx with more members. A plain ctx is copied. An instance of a class stays usable as one, with its methods,
 * getters and private fields.
 */
export function extendCtx(ctx: unknown, more: object): object {
  if (!isObject(ctx) || objectKind(ctx) === 'plain') return { ...(ctx as object), ...more };
  const copy: object = Object.assign(Object.create(Object.getPrototypeOf(ctx) as object), ctx, more);
  return new Proxy(copy, {
    get(target, key) {
      if (Object.hasOwn(more, key)) return Reflect.get(more, key);
      // Getters and methods run on the instance itself, because the copy has no private fields.
      const value: unknown = Reflect.get(ctx, key, ctx);
      const isMethod = typeof value === 'function' && key !== 'constructor' && !Object.hasOwn(target, key);
      return isMethod ? (value.bind(ctx) as unknown) : value;
    },
  });
}
