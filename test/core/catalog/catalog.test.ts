import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvent, defineEvents, initEvents, unchecked } from '../../../src/index.ts';
import * as events from './catalog-events.ts';
import { collector } from '../shop.ts';

enum EventName {
  Created = 'user.created',
  Cleared = 'cache.cleared',
}
const NAMES = { created: 'user.created', cleared: 'cache.cleared' } as const;
const user = z.object({ id: z.string() });

const catalogs = {
  'schemas by name': defineEvents({ 'user.created': user, 'cache.cleared': z.void() }),
  'definitions, which bring their own names': defineEvents({
    first: events.userCreated,
    second: events.cacheCleared,
  }),
  'schemas and definitions': defineEvents({ userCreated: events.userCreated, 'cache.cleared': z.void() }),
  'a list of definitions': defineEvents([events.userCreated, events.cacheCleared]),
  'the namespace of a module': defineEvents(events),
  'the shapes of other catalogs': defineEvents({
    ...defineEvents({ 'user.created': user }).shape,
    ...defineEvents({ 'cache.cleared': z.void() }).shape,
  }),
  'the members of an enum': defineEvents({ [EventName.Created]: user, [EventName.Cleared]: z.void() }),
  'the members of a const object': defineEvents({ [NAMES.created]: user, [NAMES.cleared]: z.void() }),
};

it.each(Object.entries(catalogs))('A catalog can be made from %s.', async (_, catalog) => {
  const seen = collector();
  await using bus = initEvents.create(catalog).bus({ handlers: [seen.handler] });
  await bus.publish('user.created', { id: '1' });
  await bus.publish('cache.cleared');
  expect(seen.names).toEqual(['user.created', 'cache.cleared']);
  await expect(bus.publish('user.created', {} as never)).rejects.toMatchObject({ code: 'INVALID_PAYLOAD' });
});

it('An enum member and its string value name the same event.', async () => {
  const e = initEvents.create(catalogs['the members of an enum']);
  const seen = collector();
  const router = e.router();
  const heard: string[] = [];
  router.on(EventName.Created, ({ event }) => heard.push(`member ${event.payload.id}`));
  router.on('user.created', ({ event }) => heard.push(`string ${event.payload.id}`));
  await using bus = e.bus({ handlers: [router, seen.handler] });
  await bus.publish(EventName.Created, { id: '1' });
  await bus.publish('user.created', { id: '2' });
  expect(seen.names).toEqual(['user.created', 'user.created']);
  expect(heard).toEqual(['member 1', 'string 1', 'member 2', 'string 2']);
});

it('Every name that fits the grammar works, including names that Object.prototype has.', async () => {
  const names = ['__proto__', 'constructor', 'toString', 'a', '0', 'a:b-c_d.E9', 'a.b.c.d.e', '-', ':'];
  const catalog = defineEvents(Object.fromEntries(names.map((name) => [name, unchecked<number>()])));
  const seen = collector();
  await using bus = initEvents.create(catalog).bus({ handlers: [seen.handler] });
  for (const name of names) await bus.publish(name, 1);
  expect(seen.names).toEqual(names);
});

it('A definition exposes its name and its schema.', () => {
  const userCreated = defineEvent('user.created', user);
  expect(userCreated.name).toBe('user.created');
  expect(userCreated.schema).toBe(user);
});

it('A catalog does not change when the object that it was made from changes.', () => {
  const source: Record<string, typeof user> = { 'user.created': user };
  const catalog = defineEvents(source);
  source['user.deleted'] = user;
  expect(Object.keys(catalog.shape)).toEqual(['user.created']);
  expect(Object.isFrozen(catalog.shape)).toBe(true);
});

it('An event that is named "shape", or whose schema has a shape, is not mistaken for a catalog.', () => {
  const shape = z.object({ shape: z.object({}) });
  expect(Object.keys(defineEvents({ shape, 'shape.drawn': shape }).shape)).toEqual(['shape', 'shape.drawn']);
});
