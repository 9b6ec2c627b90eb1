import { compilePatterns } from '../../core/catalog/pattern.ts';
import type { AnyApp } from '../../core/types/app.ts';
import type { CoreBus } from '../../core/types/bus.ts';
import type { AnyHandler, EventForwarder } from '../../core/types/handler.ts';
import type { Codec } from '../../wire/codec.ts';
import { LOOPBACK } from '../show.ts';

/** Makes a forwarder that sends each event back to its own bus, as if through a queue. */
export function loopback(
  handlers: readonly AnyHandler[],
  codec: Codec | undefined,
  times: number,
  bus: () => Pick<CoreBus<AnyApp>, 'deliver'>,
): EventForwarder {
  const forwarders = handlers
    .filter(({ remote, local }) => remote === true && local !== true)
    .map(({ events }) => compilePatterns(events ?? '*'));
  return {
    name: LOOPBACK,
    remote: true,
    local: false,
    codec,
    async handle(event, { signal }) {
      // A forwarder takes this event for its queue only: no listener of this bus gets it.
      if (forwarders.some(({ selects }) => selects(event.name))) return;
      for (let attempt = 1; attempt <= times; attempt++) {
        // A broker gives each message an id and a time, for codecs that write none.
        const from = { id: event.id, time: event.time };
        const envelope = codec === undefined ? event : codec.decode(codec.encode(event), from);
        await bus().deliver(envelope, { signal, attempt });
      }
    },
  };
}
