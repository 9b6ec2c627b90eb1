import { isObject } from '../core/words/guards.ts';
import type { Settings } from './pack.ts';
import { badMessage, OF_REVIVALS, readJson } from './read-json.ts';
import { faultOfRevivals } from './revivals.ts';

/** The data to revive the two parts of a message. */
export interface Revivals {
  readonly data?: unknown;
  readonly meta?: unknown;
}

/** @throws EventsError `BAD_MESSAGE` */
export function readRevivals(text: string | undefined): Revivals {
  if (text === undefined) return Object.create(null);
  const revivals = readJson(text, 'its superjson', OF_REVIVALS);
  if (
    isObject(revivals) &&
    !Array.isArray(revivals) &&
    Object.keys(revivals).every((key) => key === 'data' || key === 'meta')
  )
    return Object.assign(Object.create(null), revivals);
  throw badMessage('its superjson says of other parts than data and meta');
}

/**
 * Turns the output of `pack` back into the value.
 *
 * @throws EventsError `BAD_MESSAGE`
 */
export function unpack(json: unknown, meta: unknown, { transformer, isOwn }: Settings): unknown {
  if (meta === undefined) return json;
  const fault = faultOfRevivals(json, meta, isOwn);
  if (fault !== undefined) throw badMessage(`its superjson ${fault}`);
  try {
    return transformer.deserialize({ json, meta } as never);
  } catch {
    // The transformer's own error may quote the message.
    throw badMessage('its superjson can’t be revived');
  }
}
