import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  defineEvent,
  defineEvents,
  initEvents,
  type DispatchOptions,
  type EventValue,
  type When,
} from '../../src/index.ts';
import { e, type Meta } from './app.ts';

const userCreated = defineEvent(
  'user.created',
  z.object({ id: z.string(), at: z.date().default(() => new Date()) }),
);
const userDeleted = defineEvent('user.deleted', z.object({ id: z.string() }));
const cacheCleared = defineEvent('cache.cleared', z.void());
const otherUserCreated = defineEvent('user.created', z.object({ no: z.number() }));
const stranger = defineEvent('stranger.came', z.object({ id: z.string() }));
const { dispatch } = initEvents.create(defineEvents({ userCreated, userDeleted, cacheCleared }));

test('a name takes the input of its schema', () => {
  dispatch('user.created', { id: '1' });
  dispatch('user.created', { id: '1', at: new Date() });
  dispatch('cache.cleared');
  expectTypeOf(dispatch('user.deleted', { id: '1' })).toEqualTypeOf<void>();
});

test('options come after the payload, or after undefined if there is none', () => {
  dispatch('user.created', { id: '1' }, { when: 'settled', key: 'k', meta: { any: 1 } });
  dispatch('cache.cleared', undefined, { key: 'k' });
  e.dispatch('user.deleted', { id: '1' }, { meta: { tenant: 't' } });
  expectTypeOf<DispatchOptions<Meta>>().toEqualTypeOf<{
    when?: When | undefined;
    key?: string | undefined;
    meta?: Meta | undefined;
  }>();
});

test('a value that a definition has made replaces name and payload', () => {
  dispatch(userCreated({ id: '1' }));
  dispatch(cacheCleared());
  dispatch(userCreated({ id: '1' }), { when: 'settled', key: 'k' });
  e.dispatch(userDeleted({ id: '1' }), { meta: { tenant: 't' } });
});

test('a name or a value of a union type is accepted', () => {
  const name = 'user.created' as 'user.created' | 'user.deleted';
  dispatch(name, { id: '1' });
  const value = cacheCleared() as
    | EventValue<'user.deleted', { id: string }>
    | EventValue<'cache.cleared', void>;
  dispatch(value);
  dispatch(value, { key: 'k' });
});

test('a wrong name or payload is refused', () => {
  // @ts-expect-error the name has one letter wrong
  dispatch('user.craeted', { id: '1' });
  // @ts-expect-error a pattern is not a name
  dispatch('user.*', { id: '1' });
  const anyName: string = 'user.created';
  // @ts-expect-error `anyName` may be any string
  dispatch(anyName, { id: '1' });
  // @ts-expect-error the id is a string
  dispatch('user.created', { id: 1 });
  // @ts-expect-error the payload is missing
  dispatch('user.created');
  // @ts-expect-error the payload has no `foo`
  dispatch('user.deleted', { id: '1', foo: 1 });
  // @ts-expect-error this event takes no payload
  dispatch('cache.cleared', { a: 1 });
});

test('a wrong option is refused', () => {
  // @ts-expect-error `when` is misspelled
  dispatch('user.deleted', { id: '1' }, { whn: 'settled' });
  // @ts-expect-error `when` is misspelled, after a value
  dispatch(userDeleted({ id: '1' }), { whn: 'settled' });
  // @ts-expect-error `when` has no such value
  dispatch('user.deleted', { id: '1' }, { when: 'always' });
  // @ts-expect-error the tenant is a string
  e.dispatch('user.deleted', { id: '1' }, { meta: { tenant: 1 } });
});

test('a value of an event that the catalog does not have is refused', () => {
  // @ts-expect-error the catalog has no 'stranger.came'
  dispatch(stranger({ id: '1' }));
  // @ts-expect-error the catalog has another schema for 'user.created'
  dispatch(otherUserCreated({ no: 1 }));
  // @ts-expect-error the catalog has only one of the two, not 'stranger.came'
  dispatch(userDeleted({ id: '1' }) as ReturnType<typeof userDeleted> | ReturnType<typeof stranger>);
  // @ts-expect-error no definition has made this, so nothing has validated it
  dispatch({ name: 'user.deleted', payload: { id: '1' } });
});
