import type { BusDescription } from '../../core/types/describe.ts';
import { Keys } from './keys.ts';
import { ENVELOPE, toMessage } from './message.ts';
import { assertDescription, readAsyncApiOptions } from './options.ts';
import { toComponents } from './schemas.ts';
import type { AsyncApiDocument, AsyncApiOptions } from './types.ts';
import { toWiring } from './wiring.ts';

/**
 * Turns the description of a bus into a document of AsyncAPI 3.1, as plain JSON. A channel is an event, or the
 * destination of a forwarder. An operation is a listener that receives an event, or a forwarder that sends its events. A
 * message is described as `cloudEvents` writes it, whatever codec a forwarder has. Facts for which AsyncAPI has no field
 * are under `x-trpc-events`. The same description always makes the same document.
 *
 * @param description The result of `bus.describe()`, with its default `target`.
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { asyncApi } from 'trpc-events/wire';
 *
 * const document = asyncApi(bus.describe(), { title: 'The shop', version: '1.4.0' });
 * writeFileSync('asyncapi.json', JSON.stringify(document, null, 2));
 * ```
 */
export function asyncApi(description: BusDescription, options: AsyncApiOptions): AsyncApiDocument {
  const { title, version, servers } = readAsyncApiOptions(options);
  assertDescription(description);
  const { events } = description;
  const keys = new Keys();
  const eventKeys = keys.of(events.map(({ name }) => name));
  const [envelope] = keys.of(['CloudEvent']) as [string];
  const { channels, operations } = toWiring(
    description,
    new Map(events.map(({ name }, i) => [name, eventKeys[i]!])),
    keys,
  );
  const document = {
    asyncapi: '3.1.0',
    info: { title, version },
    servers,
    channels,
    operations,
    components: {
      messages: Object.fromEntries(
        events.map((event, i) => [eventKeys[i]!, toMessage(event, eventKeys[i]!, envelope)]),
      ),
      schemas: Object.fromEntries([
        [envelope, ENVELOPE],
        ...events.flatMap(({ schema = {} }, i) => toComponents(schema, eventKeys[i]!, keys)),
      ]),
    },
    'x-trpc-events': { options: description.options },
  };
  // Options that are undefined are left out, and nothing is shared with the caller.
  return JSON.parse(JSON.stringify(document)) as AsyncApiDocument;
}
