import type { BusDescription } from '../../core/types/describe.ts';
import { Keys } from './keys.ts';
import type { AsyncApiChannel, AsyncApiOperation } from './types.ts';

const refTo = (place: string) => ({ $ref: `#/${place}` });

/** The channels and the operations of a document. */
export interface Wiring {
  readonly channels: Readonly<Record<string, AsyncApiChannel>>;
  readonly operations: Readonly<Record<string, AsyncApiOperation>>;
}

/** Returns the channels and operations. `eventKeys` has the keys of events by name; `keys` gives out those of channels. */
export function toWiring(
  { listeners }: BusDescription,
  eventKeys: ReadonlyMap<string, string>,
  keys: Keys,
): Wiring {
  const channels = [...eventKeys].map(([address, key]): [string, AsyncApiChannel] => [
    key,
    { address, messages: messagesOf([key]) },
  ]);
  const ways: { readonly name: string; readonly operation: AsyncApiOperation }[] = [];
  const forwarders = listeners.filter(({ remote }) => remote).map(({ name }) => name);
  const forwarderKeys = new Map(keys.of(forwarders).map((key, i) => [forwarders[i]!, key]));

  for (const { events, ...listener } of listeners) {
    const { name } = listener;
    const taken = events.flatMap((event) => eventKeys.get(event) ?? []);
    const operationOn = (channel: string, messages: readonly string[]): AsyncApiOperation => ({
      action: listener.remote ? 'send' : 'receive',
      title: name,
      channel: refTo(`channels/${channel}`),
      messages: messages.map((key) => refTo(`channels/${channel}/messages/${key}`)),
      'x-trpc-events': listener,
    });
    const channel = forwarderKeys.get(name);
    if (channel === undefined) {
      // An operation has only one channel, so a listener gets an operation for each of its events.
      for (const key of taken) ways.push({ name: `${name}.${key}`, operation: operationOn(key, [key]) });
    } else {
      channels.push([channel, { address: addressOf(name), title: name, messages: messagesOf(taken) }]);
      ways.push({ name, operation: operationOn(channel, taken) });
    }
  }
  const operationKeys = new Keys().of(ways.map(({ name }) => name));
  return {
    channels: Object.fromEntries(channels),
    operations: Object.fromEntries(ways.map(({ operation }, i) => [operationKeys[i]!, operation])),
  };
}

function messagesOf(keys: readonly string[]): AsyncApiChannel['messages'] {
  return Object.fromEntries(keys.map((key) => [key, refTo(`components/messages/${key}`)]));
}

/** Uses a forwarder's name as its address, since nothing else is known. Null if its characters would mean something there. */
const addressOf = (name: string) => (/[?#{}]/.test(name) ? null : name);
