import { validate } from '../catalog/schema.ts';
import { copyPayload } from '../catalog/snapshot.ts';
import type { BusState } from '../model/bus-state.ts';
import { type Cause, NO_CTX } from '../model/item.ts';
import { causeOf } from '../report/report.ts';
import { EventsError } from '../words/errors.ts';
import { isThenable } from '../words/guards.ts';
import { isObject } from '../words/options.ts';
import { quote } from '../words/suggest.ts';
import type { Meta, Scope } from './scope.ts';

const EMPTY: Meta = { value: Object.freeze({}), error: undefined };

/**
 * What an event carries: what was given for it, else that of its cause, else what the bus makes, once a scope.
 *
 * @throws EventsError `META_FAILED`, for what was given
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
  // Another builder's meta would be of another schema.
  if (cause?.event !== undefined && cause.bus.app === bus.app)
    return { value: cause.event.meta, error: undefined };
  // Made without a ctx, for what comes late, it must not stand in the way of one that has it.
  if (owner === undefined || ctx === NO_CTX) return owner?.meta ?? makeMeta(bus, ctx);
  return (owner.meta ??= makeMeta(bus, ctx));
}

/** @throws EventsError `META_FAILED` */
export function checkMeta(bus: BusState, given: unknown): unknown {
  if (!isObject(given))
    throw new EventsError('META_FAILED', `The meta of an event must be an object, not ${quote(given)}.`);
  const { metaSchema } = bus.app;
  const output = metaSchema === undefined ? given : validate(metaSchema, given, undefined);
  return copyPayload(output, undefined);
}

function makeMeta(bus: BusState, ctx: unknown): Meta {
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
