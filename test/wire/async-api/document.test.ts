import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import {
  defineEvents,
  echo,
  initEvents,
  inline,
  unchecked,
  type EventForwarder,
} from '../../../src/index.ts';
import { asyncApi } from '../../../src/wire/index.ts';
import { printFigure } from '../../setup/figure.ts';
import { documentOf, INFO, readDocument } from './parts.ts';

vi.setConfig({ testTimeout: 60_000 }); // the official parser takes its time

const nothing = () => {};
const forwarder: EventForwarder = { name: 'sqs/orders', remote: true, local: true, handle: nothing };
const e = initEvents.create(
  defineEvents({
    'user.created': z.object({ id: z.string() }),
    'user.deleted': z.object({ id: z.string() }),
    'cache.cleared': z.void(),
    'cat.spotted': unchecked<{ where: string }>(),
  }),
);

it('A document has the channels, operations, messages and schemas of a bus.', async () => {
  const router = e.router();
  router.on(['user.*', '!user.deleted'], nothing, { name: 'mail', retry: { attempts: 5 }, timeout: 2000 });
  router.on('user.{created,deleted}', function audit() {});
  const bus = e.bus({
    handlers: [router, { ...forwarder, events: 'user.*' }],
    defer: inline(),
    unhandled: 'ignore',
  });
  const servers = { main: { host: 'sqs.eu-west-1.amazonaws.com', protocol: 'sqs' } };
  const description = bus.describe();
  const document = asyncApi(description, { ...INFO, servers });
  const { components, ...rest } = document;
  const mail = {
    name: 'mail',
    isNamed: true,
    kind: 'listener',
    patterns: ['user.*', '!user.deleted'],
    retry: { attempts: 5, minDelay: 1000, maxDelay: 60_000, factor: 2, jitter: 0.5 },
    timeout: 2000,
    remote: false,
    passive: false,
  };
  const audit = {
    name: 'audit',
    isNamed: false,
    kind: 'listener',
    patterns: ['user.{created,deleted}'],
    remote: false,
    passive: false,
  };
  expect(rest).toStrictEqual({
    asyncapi: '3.1.0',
    info: INFO,
    servers,
    channels: {
      'user.created': {
        address: 'user.created',
        messages: { 'user.created': { $ref: '#/components/messages/user.created' } },
      },
      'user.deleted': {
        address: 'user.deleted',
        messages: { 'user.deleted': { $ref: '#/components/messages/user.deleted' } },
      },
      'cache.cleared': {
        address: 'cache.cleared',
        messages: { 'cache.cleared': { $ref: '#/components/messages/cache.cleared' } },
      },
      'cat.spotted': {
        address: 'cat.spotted',
        messages: { 'cat.spotted': { $ref: '#/components/messages/cat.spotted' } },
      },
      sqs_orders: {
        address: 'sqs/orders',
        title: 'sqs/orders',
        messages: {
          'user.created': { $ref: '#/components/messages/user.created' },
          'user.deleted': { $ref: '#/components/messages/user.deleted' },
        },
      },
    },
    operations: {
      'mail.user.created': {
        action: 'receive',
        title: 'mail',
        channel: { $ref: '#/channels/user.created' },
        messages: [{ $ref: '#/channels/user.created/messages/user.created' }],
        'x-trpc-events': mail,
      },
      'audit.user.created': {
        action: 'receive',
        title: 'audit',
        channel: { $ref: '#/channels/user.created' },
        messages: [{ $ref: '#/channels/user.created/messages/user.created' }],
        'x-trpc-events': audit,
      },
      'audit.user.deleted': {
        action: 'receive',
        title: 'audit',
        channel: { $ref: '#/channels/user.deleted' },
        messages: [{ $ref: '#/channels/user.deleted/messages/user.deleted' }],
        'x-trpc-events': audit,
      },
      sqs_orders: {
        action: 'send',
        title: 'sqs/orders',
        channel: { $ref: '#/channels/sqs_orders' },
        messages: [
          { $ref: '#/channels/sqs_orders/messages/user.created' },
          { $ref: '#/channels/sqs_orders/messages/user.deleted' },
        ],
        'x-trpc-events': {
          name: 'sqs/orders',
          isNamed: true,
          kind: 'forwarder',
          patterns: ['user.*'],
          remote: true,
          local: true,
          passive: false,
        },
      },
    },
    'x-trpc-events': { options: description.options },
  });
  expect(Object.keys(components.messages)).toEqual(description.events.map(({ name }) => name));
  expect(components.messages['user.created']).toStrictEqual({
    name: 'user.created',
    contentType: 'application/cloudevents+json',
    correlationId: { location: '$message.payload#/correlationid' },
    payload: {
      allOf: [
        { $ref: '#/components/schemas/CloudEvent' },
        {
          type: 'object',
          properties: {
            type: { const: 'user.created' },
            data: { $ref: '#/components/schemas/user.created' },
          },
          required: ['type', 'data'],
        },
      ],
    },
    'x-trpc-events': {
      vendor: 'zod',
      travels: true,
      optional: false,
      takenBy: ['mail', 'audit', 'sqs/orders'],
    },
  });
  expect(components.schemas).toMatchObject({
    CloudEvent: { type: 'object', required: ['specversion', 'id', 'source', 'type'] },
    'cache.cleared': { not: {} },
    'cat.spotted': {},
  });
  expect(components.schemas['user.created']).toStrictEqual({
    type: 'object',
    properties: { id: { type: 'string' } },
    required: ['id'],
    additionalProperties: false,
  });
  expect(components.messages['cat.spotted']).toMatchObject({
    'x-trpc-events': { reason: expect.stringContaining('no Standard JSON Schema'), optional: true },
  });
  const { read, findings } = await readDocument(document);
  expect(findings).toEqual([]);
  expect(read!.operations().filterBySend()).toHaveLength(1);
  expect(read!.operations().filterByReceive()).toHaveLength(3);
});

it('A document is plain JSON, the same for the same description, and shares nothing with what it was made of.', () => {
  const bus = e.bus({ handlers: [echo(), forwarder] });
  const description = bus.describe();
  const before = structuredClone(description);
  const servers = { main: { host: 'localhost', protocol: 'nats', tags: [{ name: 'a' }], title: undefined } };
  const document = asyncApi(description, { ...INFO, servers });
  expect(JSON.parse(JSON.stringify(document))).toStrictEqual(document);
  expect(JSON.stringify(asyncApi(bus.describe(), { ...INFO, servers }))).toBe(JSON.stringify(document));
  for (const part of Object.values(document)) defaceAll(part);
  expect(description).toStrictEqual(before);
  expect(servers.main.tags).toEqual([{ name: 'a' }]);
});

/** Deletes every key of a value, and of what it holds. */
function defaceAll(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    defaceAll((value as Record<string, unknown>)[key]);
    delete (value as Record<string, unknown>)[key];
  }
}

it('An empty catalog has a document.', async () => {
  const document = documentOf({});
  expect(document).toMatchObject({ channels: {}, operations: {}, components: { messages: {} } });
  expect((await readDocument(document)).findings).toEqual([]);
});

it('A forwarder whose name would mean something in an address has a channel without one.', async () => {
  const names = ['q?x', 'q#x', '{q}'];
  const document = documentOf(
    { a: z.object({}) },
    names.map((name) => ({ ...forwarder, name })),
  );
  const channels = Object.values(document.channels).slice(1);
  expect(channels.map(({ address, title }) => [address, title])).toEqual(names.map((name) => [null, name]));
  expect((await readDocument(document)).findings).toEqual([]);
});

it('A document of 300 events takes less than 100 ms.', () => {
  const shape = Object.fromEntries(
    Array.from({ length: 300 }, (_, i) => {
      const tree = z.object({
        name: z.string(),
        at: z.date(),
        tags: z.array(z.string()),
        get below() {
          return z.array(tree);
        },
      });
      return [`module${i % 20}.event${i}`, tree];
    }),
  );
  const router = initEvents.create(defineEvents(shape)).router();
  for (let i = 0; i < 20; i++) router.on(`module${i}.*`, nothing, { name: `listener${i}` });
  const bus = initEvents.create(defineEvents(shape)).bus({ handlers: [router, echo(), forwarder] });
  const description = bus.describe();
  const took = Array.from({ length: 5 }, () => {
    const { user } = process.cpuUsage();
    asyncApi(description, INFO);
    return process.cpuUsage({ user, system: 0 }).user / 1000;
  });
  printFigure(
    `asyncApi, 300 events and 22 listeners: ${took.map((ms) => Math.round(ms)).join(', ')} ms of CPU`,
  );
  // The goal is 100 ms. The machine may be busy, and what grows by the square takes seconds.
  expect(Math.min(...took)).toBeLessThan(250);
});
