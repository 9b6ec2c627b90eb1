import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, unchecked } from '../../src/index.ts';
import { listening } from './ask.ts';
import { anInspector } from './inspected.ts';

test('A catalog without events, and one of 2,000, are described.', { timeout: 20_000 }, async () => {
  for (const count of [0, 2000]) {
    const inspector = anInspector({ redact: count === 0 ? {} : { 'event.*': ['a'] } });
    const catalog = Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `event.n${i}`,
        z.object({ a: z.string(), password: z.string() }),
      ]),
    );
    const own = initEvents.create(defineEvents(catalog));
    await using bus = own.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
    await using served = await listening(inspector);
    const { json, status } = await served.get('/api/wiring');
    expect([status, json.buses[0].description.events.length]).toEqual([200, count]);
    const document = await served.get('/api/asyncapi');
    expect([document.status, Object.keys(document.json.channels).length]).toEqual([200, count]);
    if (count === 0) continue;
    const { event } = await bus.publish('event.n1999', { a: 'secret-1', password: 'secret-2' });
    expect((await served.get(`/api/events/${event.id}`)).json.payload).toBe(
      '{"a":{"$":"redacted"},"password":{"$":"redacted"}}',
    );
  }
});

test('A bus whose schemas can not be converted is described without them, and its events are kept.', async () => {
  const inspector = anInspector();
  const plain = {
    '~standard': { version: 1, vendor: 'own', validate: (value: unknown) => ({ value }) },
  } as const;
  const own = initEvents.create(
    defineEvents({ 'a.b': plain, 'a.c': z.custom<string>(() => true), 'a.d': unchecked<string>() }),
  );
  await using bus = own.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  await using served = await listening(inspector);
  const { event } = await bus.publish('a.c', { password: 'hunter2' } as never);
  expect((await served.get(`/api/events/${event.id}`)).json.payload).toContain('redacted');
  expect((await served.get('/api/wiring')).json.buses[0].description.events).toHaveLength(3);
  expect((await served.get('/api/asyncapi')).status).toBe(200);
});

test('Without a bus there is an empty wiring, and no document.', async () => {
  await using served = await listening(anInspector());
  expect((await served.get('/api/wiring')).json).toEqual({ buses: [] });
  expect((await served.get('/api/asyncapi')).status).toBe(404);
  expect((await served.post('/api/publish', { event: 'a' })).status).toBe(404);
});
