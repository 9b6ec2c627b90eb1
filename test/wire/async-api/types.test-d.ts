import { Parser } from '@asyncapi/parser';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type BusDescription } from '../../../src/index.ts';
import {
  asyncApi,
  type AsyncApiDocument,
  type AsyncApiOptions,
  type AsyncApiServer,
} from '../../../src/wire/index.ts';

const bus = initEvents.create(defineEvents({ 'user.created': z.object({}) })).bus({ handlers: [] });
const info = { title: 'The shop', version: '1.4.0' };

test('asyncApi takes what bus.describe returns, and returns a document that the official parser takes.', () => {
  const document = asyncApi(bus.describe(), info);
  expectTypeOf(document).toEqualTypeOf<AsyncApiDocument>();
  expectTypeOf(asyncApi).parameters.toEqualTypeOf<[BusDescription, AsyncApiOptions]>();
  void new Parser().parse(document);
  expectTypeOf(document.operations['a']!.action).toEqualTypeOf<'send' | 'receive'>();
  expectTypeOf(document.channels['a']!.address).toEqualTypeOf<string | null>();
  // @ts-expect-error the document is read, rather than changed
  document.info.title = 'Another';
  // A contact and the like are added to a copy.
  const { contact } = { ...document, info: { ...document.info, contact: { name: 'Us' } } }.info;
  expectTypeOf(contact.name).toEqualTypeOf<string>();
});

test('A title and a version are needed, and servers have a host and a protocol.', () => {
  const main: AsyncApiServer = { host: 'localhost:4222', protocol: 'nats', 'x-owner': 'shop' };
  asyncApi(bus.describe(), { ...info, servers: { main } });
  asyncApi(bus.describe(), { ...info, servers: undefined });
  // @ts-expect-error it takes the description of a bus
  asyncApi(bus, info);
  // @ts-expect-error the document needs a title
  asyncApi(bus.describe(), { version: '1' });
  // @ts-expect-error the document needs a version
  asyncApi(bus.describe(), { title: 'The shop' });
  // @ts-expect-error there is no such option
  asyncApi(bus.describe(), { ...info, description: 'It sells tea' });
  // @ts-expect-error a server has a protocol
  asyncApi(bus.describe(), { ...info, servers: { main: { host: 'localhost' } } });
  // @ts-expect-error AsyncAPI has no such member of a server: its own begin with x-
  asyncApi(bus.describe(), { ...info, servers: { main: { ...main, url: 'nats://localhost' } } });
});
