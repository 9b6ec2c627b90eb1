import type { AnyEvent } from '../../core/types/event.ts';
import type { HandleManyOptions, HandleManyResult } from '../../core/types/handler.ts';
import type { Outgoing } from './batch.ts';
import { Call, Entry, type GiveUp } from './entry.ts';

/** Gathers the entries of one bus, and sends them. */
export interface Sending<M extends Outgoing> {
  add(entries: readonly Entry<M>[]): void;
  readonly giveUp: GiveUp<M>;
}

export interface ForwardOptions<M extends Outgoing> {
  /** Time for which an event waits for others, in ms. */
  readonly linger: number;
  /** The time limit of a call, in ms. */
  readonly timeout: number;
  /** Makes the message of an event, or throws. */
  makeMessage(event: AnyEvent): M;
  /** Makes the object that gathers the entries of one bus. */
  open(send: HandleManyOptions['send']): Sending<M>;
}

/** Makes the `handleMany` of a forwarder. */
export function makeForward<M extends Outgoing>({ linger, timeout, makeMessage, open }: ForwardOptions<M>) {
  // Each `send` belongs to one bus, whose observers must not see the events of another.
  const sendings = new WeakMap<object, Sending<M>>();

  function sendingOf(send: HandleManyOptions['send']): Sending<M> {
    const sending = sendings.get(send) ?? open(send);
    sendings.set(send, sending);
    return sending;
  }

  return function handleMany(
    events: readonly AnyEvent[],
    { signal, deadline, send }: HandleManyOptions,
  ): Promise<HandleManyResult> {
    const sending = sendingOf(send);
    const call = new Call<M>({ signal, deadline: Math.min(deadline, Date.now() + timeout) }, sending.giveUp);
    // An event waits for at most half of the time left, so that there is time to send it.
    const lingersUntil = performance.now() + Math.min(linger, call.left / 2);
    const entries: Entry<M>[] = [];
    for (const event of events) {
      try {
        const entry = new Entry(makeMessage(event), call, lingersUntil);
        call.add(entry);
        entries.push(entry);
      } catch (error) {
        call.fail(event.id, error);
      }
    }
    call.wait();
    sending.add(entries);
    return call.done;
  };
}
