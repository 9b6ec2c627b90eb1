import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineEvent, defineEvents, initEvents, type EventsError } from '../../../src/index.ts';
import { collector, thrownBy, untyped } from '../shop.ts';

const check = vi.fn(() => true);
const userCreated = defineEvent(
  'user.created',
  z.object({ id: z.string(), tags: z.array(z.string()).default([]) }).refine(check),
);
const cacheCleared = defineEvent('cache.cleared', z.void());
const e = initEvents.create(defineEvents({ userCreated, cacheCleared }));

it('An event value is validated when it is made, and not again when it is dispatched.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  check.mockClear();
  const value = userCreated({ id: '1' });
  expect(check).toHaveBeenCalledTimes(1);
  await bus.publish(value);
  await bus.scope(({ dispatch }) => dispatch(value));
  await bus.scope(() => e.dispatch(value));
  expect(check).toHaveBeenCalledTimes(1);
  expect(seen.payloads).toEqual([value.payload, value.payload, value.payload]);
  expect(value.payload).toEqual({ id: '1', tags: [] });
  expect(new Set(seen.events.map(({ id }) => id)).size).toBe(3);
});

it('Making an event value from a bad payload throws.', () => {
  const error = thrownBy(() => userCreated({ id: 1 } as never)) as EventsError;
  expect(error).toMatchObject({ code: 'INVALID_PAYLOAD', issues: [{ path: ['id'] }] });
  expect(error.message).toContain('The payload of "user.created" is not what its schema asks for, at id: ');
});

it('An event value is frozen, and holds a frozen copy of its payload.', async () => {
  const tags = ['a'];
  const value = userCreated({ id: '1', tags });
  tags.push('b');
  expect(value).toEqual({ name: 'user.created', payload: { id: '1', tags: ['a'] } });
  expect(
    Object.isFrozen(value) && Object.isFrozen(value.payload) && Object.isFrozen(value.payload.tags),
  ).toBe(true);
});

it('An event without a payload needs no argument to make its value.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  await bus.publish(cacheCleared());
  expect(seen.events).toMatchObject([{ name: 'cache.cleared', payload: undefined }]);
});

it('Dispatch options are the second argument when an event value is dispatched.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  const failing = bus.scope(({ dispatch }) => {
    dispatch(userCreated({ id: 'kept' }), { when: 'settled', key: 'k', meta: { tenant: 't' } });
    dispatch(userCreated({ id: 'dropped' }));
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(seen.events).toMatchObject([{ payload: { id: 'kept' }, key: 'k', meta: { tenant: 't' } }]);
  await expect(bus.publish(userCreated({ id: '1' }), { keey: 'k' } as never)).rejects.toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringContaining('Did you mean "key"?'),
  });
});

it('Publishing a value of an event that the catalog lacks fails with UNKNOWN_EVENT.', async () => {
  const userDeleted = defineEvent('user.deleted', z.object({ id: z.string() }));
  await using bus = e.bus({ handlers: [collector().handler] });
  await expect(untyped(bus.publish)(userDeleted({ id: '1' }))).rejects.toMatchObject({
    code: 'UNKNOWN_EVENT',
    message: 'The catalog has no event "user.deleted". Did you mean "user.created"?',
  });
});

it('A value made by another definition of the same name is validated by the schema in the catalog.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler] });
  const looser = defineEvent('user.created', z.object({ id: z.string(), extra: z.number(), tags: z.any() }));
  await untyped(bus.publish)(looser({ id: '1', extra: 1, tags: ['a'] }));
  expect(seen.payloads).toEqual([{ id: '1', tags: ['a'] }]);
  await expect(untyped(bus.publish)(looser({ id: '1', extra: 1, tags: 'a' }))).rejects.toMatchObject({
    code: 'INVALID_PAYLOAD',
    message: expect.stringContaining(
      'The payload of "user.created" is not what its schema asks for, at tags: ',
    ),
  });
});

it('An object that only looks like an event value is refused.', async () => {
  await using bus = e.bus({ handlers: [collector().handler] });
  const lookalike = { ...userCreated({ id: '1' }), payload: { id: 7 } };
  await expect(untyped(bus.publish)(lookalike)).rejects.toMatchObject({ code: 'UNKNOWN_EVENT' });
});

it('Options given as the third argument with an event value are refused, not ignored.', async () => {
  await using bus = e.bus({ handlers: [collector().handler] });
  await bus.scope(({ dispatch }) => {
    const options = { when: 'failure' };
    expect(() => untyped(dispatch)(userCreated({ id: '1' }), undefined, options)).toThrow(
      'dispatch takes the options of a value as its second argument: "user.created" brings its payload.',
    );
  });
});
