import { contextFailed } from '../attempt/create-context.ts';
import type { BusState } from '../model/bus-state.ts';
import { type Cause, NO_CTX } from '../model/item.ts';
import type { Draft } from '../scope/make-event.ts';
import { makeMeta, metaOfCause } from '../scope/meta.ts';
import type { Input } from '../scope/read-input.ts';
import type { Meta } from '../scope/scope.ts';
import { EventsError } from '../words/errors.ts';
import { isThenable } from '../words/guards.ts';

/** The ctx that `createContext` made before the event was complete, and the meta that was made from it. */
interface Made {
  readonly ctx: unknown;
  readonly meta: Meta;
}

/** Returns true if an event in no scope gets its meta from the ctx that `createContext` makes. */
export function takesMetaFromContext(bus: BusState, { options }: Input, cause: Cause | undefined): boolean {
  const { meta, createContext } = bus.settings;
  if (meta === undefined || createContext === undefined || options?.meta !== undefined) return false;
  return metaOfCause(bus, cause) === undefined;
}

/**
 * Makes the ctx of an event, and the meta from that ctx. Returns a promise only if `createContext` does.
 *
 * @throws EventsError `NO_CONTEXT` if `createContext` throws, `META_FAILED` if it needs the meta
 */
export function makeContextAndMeta(bus: BusState, draft: Draft): Made | Promise<Made> {
  let read: Meta | undefined;
  const event = Object.defineProperty({ ...draft }, 'meta', {
    enumerable: false,
    get() {
      read = makeMeta(bus, NO_CTX);
      if (read.error === undefined) return read.value;
      throw new EventsError(
        'META_FAILED',
        'createContext read event.meta, and the meta of this event is made from the ctx that createContext makes. Give `meta` in the options of bus.publish.',
      );
    },
  });
  const finish = (ctx: unknown): Made => {
    // A meta that `createContext` has read is kept, or the ctx and the listeners would see different ones.
    const isKept = read !== undefined && read.error === undefined;
    return { ctx, meta: isKept ? read! : makeMeta(bus, ctx) };
  };
  try {
    const made: unknown = bus.settings.createContext!({ event: Object.freeze(event) });
    return isThenable(made) ? Promise.resolve(made).then(finish, fail) : finish(made);
  } catch (cause) {
    return fail(cause);
  }
}

function fail(cause: unknown): never {
  if (cause instanceof EventsError && cause.code === 'META_FAILED') throw cause;
  throw contextFailed(cause);
}
