import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvent, defineEvents, type EventsError } from '../../../src/index.ts';
import { thrownBy } from '../shop.ts';

const any = z.any();

it.each([
  ['', '""'],
  [' ', '" "'],
  ['user created', '"user created"', 'Perhaps "user.created"?'],
  [' user.created', '" user.created"', 'Perhaps "user.created"?'],
  ['user/created', '"user/created"', 'Perhaps "user.created"?'],
  ['user.created\n', String.raw`"user.created\n"`, 'Perhaps "user.created"?'],
  ['user..created', '"user..created"', 'Perhaps "user.created"?'],
  ['.user', '".user"', 'Perhaps "user"?'],
  ['user.', '"user."', 'Perhaps "user"?'],
  ['user.*', '"user.*"'],
  ['user.?', '"user.?"'],
  ['{a,b}', '"{a,b}"'],
  ['[ab]', '"[ab]"'],
  ['!a', '"!a"', 'Perhaps "a"?'],
  ['(a)', '"(a)"'],
  ['a+', '"a+"', 'Perhaps "a"?'],
  ['größe', '"größe"'],
])('%j is not an event name.', (name, shown, hint = '') => {
  for (const define of [() => defineEvents({ [name]: any }), () => defineEvent(name, any)]) {
    const error = thrownBy(define) as EventsError;
    expect(error).toMatchObject({ code: 'BAD_CATALOG', name: 'EventsError' });
    expect(error.message).toContain(`${shown} can't be the name of an event: it must be words of letters`);
    expect(error.message).toContain(hint);
  }
});

it.each([[undefined], [null], [7], [Symbol('a')], [['a']], [{}]])('%o is not an event name.', (name) => {
  expect(() => defineEvent(name as never, any)).toThrow(expect.objectContaining({ code: 'BAD_CATALOG' }));
});

const userCreated = defineEvent('user.created', any);
it.each([
  ['a definition and a schema', { 'user.created': any, userCreated }],
  ['two definitions', { userCreated, again: defineEvent('user.created', any) }],
  ['a list', [userCreated, defineEvent('user.created', any)]],
])('Two events with the same name are refused: %s.', (_, events) => {
  expect(() => defineEvents(events as never)).toThrow(
    expect.objectContaining({
      code: 'BAD_CATALOG',
      message: 'Two events are named "user.created": rename one, or leave it out.',
    }),
  );
});

it.each([
  ['undefined', undefined],
  ['null', null],
  ['a number', 7],
  ['a text', 'object'],
  ['a plain object', { type: 'object' }],
  ['a plain function', () => true],
  ['a "~standard" of null', { '~standard': null }],
  ['a "~standard" that cannot validate', { '~standard': { version: 1 } }],
])('A value that is not a schema is refused: %s.', (_, schema) => {
  const message =
    /^The schema of "user.created" is .*\. It must be a Standard Schema: zod 3\.24 or later, valibot, arktype, or `unchecked<T>\(\)`\.$/;
  for (const define of [
    () => defineEvents({ 'user.created': schema as never }),
    () => defineEvent('user.created', schema as never),
  ]) {
    const error = thrownBy(define) as EventsError;
    expect(error.code).toBe('BAD_CATALOG');
    expect(error.message).toMatch(message);
  }
});

it.each([[undefined], [null], ['user.created'], [7], [() => any]])(
  'defineEvents(%o) is refused.',
  (events) => {
    expect(() => defineEvents(events as never)).toThrow(expect.objectContaining({ code: 'BAD_CATALOG' }));
  },
);

it('A list with a bare schema is refused, because the schema has no name.', () => {
  expect(() => defineEvents([userCreated, any] as never)).toThrow(
    expect.objectContaining({ code: 'BAD_CATALOG', message: expect.stringContaining('[1] is an object') }),
  );
});

const userEvents = defineEvents({ userCreated });
it.each<[string, unknown]>([
  ['itself', userEvents],
  ['{ ...itself }', { ...userEvents }],
  ['under a key', { userEvents }],
  ['in a list', [userEvents]],
])('A catalog given as an event is refused, and the message says how to merge catalogs: %s.', (_, events) => {
  expect(() => defineEvents(events as never)).toThrow(
    expect.objectContaining({
      code: 'BAD_CATALOG',
      message: expect.stringMatching(/^Catalogs are merged by/),
    }),
  );
});
