import { haveSameNames } from '../catalog/same-names.ts';
import { validate } from '../catalog/schema.ts';
import { copyPayload } from '../catalog/snapshot.ts';
import type { BusState } from '../model/bus-state.ts';
import { type Cause, NO_CTX } from '../model/item.ts';
import { EventsError } from '../words/errors.ts';
import { isObject, isThenable } from '../words/guards.ts';
import { causeOf, quote } from '../words/quote.ts';
import type { Meta, Scope } from './scope.ts';

const EMPTY: Meta = { value: Object.freeze({}), error: undefined };

/**
 * Returns the meta of an event: the one given for it, or its cause's, or the one that the bus makes once per scope.
 *
 * @throws EventsError `META_FAILED` if the given meta is invalid
 */
export function metaFor(
  bus: BusState,
  options: { readonly meta?: unknown } | undefined,
  scope: Scope | undefined,
  ctx: unknown,
  cause: Cause | undefined,
): Meta {
  if (options?.meta !== undefined) return { value: checkMeta(bus, options.meta), error: undefined };
  let owner = scope?.call;
  while (owner?.isSavepoint && owner.meta === undefined) owner = owner.parent?.call;
  if (owner?.meta?.given) return owner.meta;
  const inherited = metaOfCause(bus, cause);
  if (inherited !== undefined) return inherited;
  // A late event has no ctx. The meta made for it must not replace the one that the scope makes from its ctx.
  if (owner === undefined || ctx === NO_CTX) return owner?.meta ?? makeMeta(bus, ctx);
  return (owner.meta ??= makeMeta(bus, ctx));
}

/** Returns the meta of the event that a listener handles, if its builder is the same, or a copy. */
export function metaOfCause(bus: BusState, cause: Cause | undefined): Meta | undefined {
  if (cause?.event === undefined) return undefined;
  const { meta } = cause.event;
  if (cause.bus.app === bus.app) return { value: meta, error: undefined };
  // A copy of the builder has a copy of the meta's schema. Any other builder has a meta of its own.
  if (haveSameNames(cause.bus.app.shape, bus.app.shape)) return metaOf(() => checkMeta(bus, meta));
  return undefined;
}

/**
 * Returns the meta that was given for a whole scope, if there is one.
 *
 * @throws EventsError `META_FAILED`
 */
export function givenMeta(bus: BusState, given: unknown): Meta | undefined {
  if (given === undefined) return undefined;
  return { value: checkMeta(bus, given), error: undefined, given: true };
}

/** @throws EventsError `META_FAILED` */
export function checkMeta(bus: BusState, given: unknown): unknown {
  if (!isObject(given))
    throw new EventsError('META_FAILED', `The meta of an event must be an object, not ${quote(given)}.`);
  const { metaSchema } = bus.app;
  const output = metaSchema === undefined ? given : validate(metaSchema, given, undefined);
  return copyPayload(output, undefined);
}

/** Calls the bus's `meta`. Without a ctx, the meta is an empty object, if that is valid. */
export function makeMeta(bus: BusState, ctx: unknown): Meta {
  const { meta } = bus.settings;
  if (ctx === NO_CTX || meta === undefined) {
    return bus.app.metaSchema === undefined ? EMPTY : metaOf(() => checkMeta(bus, {}));
  }
  return metaOf(() => {
    const made = meta({ ctx });
    if (!isThenable(made)) return checkMeta(bus, made);
    Promise.resolve(made).catch(() => {});
    throw new Error('it returned a promise, and a dispatch cannot wait: do that work in createContext');
  });
}

function metaOf(make: () => unknown): Meta {
  try {
    return { value: make(), error: undefined };
  } catch (cause) {
    if (cause instanceof EventsError && cause.code === 'META_FAILED')
      return { value: undefined, error: cause };
    return {
      value: undefined,
      error: new EventsError('META_FAILED', `meta threw ${causeOf(cause)}`, { cause }),
    };
  }
}
