import type { BusState } from '../model/bus-state.ts';
import type { HandleOptions, SendOptions } from '../types/handler.ts';
import type { Outcome } from '../types/observer.ts';
import { aString, badArgument, readOptions, type Rules } from '../words/options.ts';

const SEND_OPTIONS: Rules = {
  destination: aString,
  system: aString,
  events: { ok: (v) => Array.isArray(v) && v.length > 0, words: 'a list of one or more events' },
};

/** The `send` of each handler, by its bus and its name. */
const senders = new WeakMap<BusState, Map<string, HandleOptions['send']>>();

/**
 * Returns the `send` of a handler: it runs a call to a broker within the wrappers of observers. A handler gets the same
 * function for all its events of one bus, so that one with several buses can tell them apart.
 */
export function senderOf(bus: BusState, forwarder: string): HandleOptions['send'] {
  const ofBus = senders.get(bus) ?? new Map<string, HandleOptions['send']>();
  senders.set(bus, ofBus);
  const send = ofBus.get(forwarder) ?? makeSender(bus, forwarder);
  ofBus.set(forwarder, send);
  return send;
}

function makeSender(bus: BusState, forwarder: string): HandleOptions['send'] {
  return async function send<R>(to: SendOptions, call: () => R | PromiseLike<R>): Promise<R> {
    const { destination, system, events } = readSend(to);
    if (typeof call !== 'function') throw badArgument('send', 'a function that calls the broker', call);
    let result!: Promise<R>;
    const run = (): Promise<Outcome> => {
      result = (async () => call())();
      return result.then(
        () => ({ ok: true }),
        (error: unknown) => ({ ok: false, error }),
      );
    };
    const info = { forwarder, system, destination, events };
    const done = bus.observed === undefined ? run() : bus.observed.wrapSend(info, run);
    void bus.trackTask(`send of ${forwarder} to ${destination}`, done);
    return result;
  };
}

/** @throws EventsError `BAD_OPTION` */
function readSend(to: SendOptions): SendOptions {
  const given = readOptions('send', to, SEND_OPTIONS);
  for (const key of ['destination', 'system', 'events'] as const) {
    if (given[key] === undefined) throw badArgument('send', `a ${key}`, given[key]);
  }
  return given as SendOptions;
}
