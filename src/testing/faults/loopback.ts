import { compilePatterns } from '../../core/catalog/pattern.ts';
import { placeOf } from '../../core/catalog/schema.ts';
import type { AnyApp } from '../../core/types/app.ts';
import type { CoreBus } from '../../core/types/bus.ts';
import type { AnyEvent } from '../../core/types/event.ts';
import type { AnyHandler, EventForwarder } from '../../core/types/handler.ts';
import { EventsError } from '../../core/words/errors.ts';
import { quote } from '../../core/words/quote.ts';
import type { Codec } from '../../wire/codec.ts';
import { findDifference } from '../../wire/find-difference.ts';
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
    async handle(event, { signal }) {
      // A forwarder takes this event for its queue only: no listener of this bus gets it.
      if (forwarders.some(({ selects }) => selects(event.name))) return;
      for (let attempt = 1; attempt <= times; attempt++) {
        const envelope = codec === undefined ? event : codec.decode(codec.encode(event));
        const { event: arrived } = await bus().deliver(envelope, { signal, attempt });
        assertSame(event, arrived);
      }
    },
  };
}

/**
 * The payload is validated a second time where it arrives. A transform such as `(x) => x * 100` changes it again.
 *
 * @throws EventsError `NOT_SERIALIZABLE`
 */
function assertSame({ name, payload }: AnyEvent, arrived: AnyEvent): void {
  const path = findDifference(payload, arrived.payload);
  if (path === undefined) return;
  throw new EventsError(
    'NOT_SERIALIZABLE',
    `The payload of ${quote(name)} arrives changed${placeOf(path)}: its schema changes its own output, and validates it again where it arrives. Transform the value before the dispatch, or in the listener.`,
  );
}
