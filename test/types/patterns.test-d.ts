import { expectTypeOf, test } from 'vitest';
import type { InferEvent, NoEventMatches } from '../../src/index.ts';
import { e, type Names } from './app.ts';

type NamesOf<P extends string | readonly string[]> = InferEvent<typeof e, P>['name'];

test('a pattern selects names exactly: *, braces, negation, lists', () => {
  expectTypeOf<NamesOf<'user.created'>>().toEqualTypeOf<'user.created'>();
  expectTypeOf<NamesOf<'*'>>().toEqualTypeOf<Names>();
  expectTypeOf<NamesOf<'**'>>().toEqualTypeOf<Names>();
  expectTypeOf<NamesOf<'order.*'>>().toEqualTypeOf<'order.placed' | 'order.item.added'>();
  expectTypeOf<NamesOf<'order.*.*'>>().toEqualTypeOf<'order.item.added'>();
  expectTypeOf<NamesOf<'*.created'>>().toEqualTypeOf<'user.created'>();
  expectTypeOf<NamesOf<'{user,cache}.*'>>().toEqualTypeOf<
    'user.created' | 'user.deleted' | 'cache.cleared'
  >();
  expectTypeOf<NamesOf<'!user.*'>>().toEqualTypeOf<Exclude<Names, 'user.created' | 'user.deleted'>>();
  expectTypeOf<NamesOf<['user.deleted', 'order.*']>>().toEqualTypeOf<
    'user.deleted' | 'order.placed' | 'order.item.added'
  >();
  expectTypeOf<NamesOf<['*', '!user.*', '!cache.*', '!order.*']>>().toEqualTypeOf<
    'cat.spotted' | 'text.measured'
  >();
  expectTypeOf<NamesOf<['user.*', '!*.deleted', 'cache.*']>>().toEqualTypeOf<
    'user.created' | 'cache.cleared'
  >();
});

test('a pattern with syntax that is not modeled, or that is not known, may select any event', () => {
  expectTypeOf<NamesOf<'user.?reated'>>().toEqualTypeOf<Names>();
  expectTypeOf<NamesOf<'user.[cd]*'>>().toEqualTypeOf<Names>();
  expectTypeOf<NamesOf<['user.*', '!user.[cd]*']>>().toEqualTypeOf<'user.created' | 'user.deleted'>();
  expectTypeOf<NamesOf<string>>().toEqualTypeOf<Names>();
  expectTypeOf<NamesOf<`user.${string}`>>().toEqualTypeOf<Names>();
  expectTypeOf<NamesOf<('user.*' | '!user.deleted')[]>>().toEqualTypeOf<Names>();
  // An array of plain names may lack each of them, but it can't have any other name.
  expectTypeOf<NamesOf<('user.created' | 'cache.cleared')[]>>().toEqualTypeOf<
    'user.created' | 'cache.cleared'
  >();
});

test('the event of a pattern is narrowed by its name', () => {
  e.router().on('user.*', ({ event }) => {
    switch (event.name) {
      case 'user.created':
        expectTypeOf(event.payload).toEqualTypeOf<{ id: string; email: string; at: Date }>();
        return;
      case 'user.deleted':
        expectTypeOf(event.payload).toEqualTypeOf<{ id: string }>();
        return;
      default:
        event satisfies never;
    }
  });
  e.router().on('*', ({ event }) => {
    if (event.name === 'cache.cleared') expectTypeOf(event.payload).toEqualTypeOf<void>();
    // @ts-expect-error not every event has an id in its payload
    void event.payload.id;
  });
});

test('.on infers the pattern, and a list as a tuple', () => {
  const router = e.router();
  router.on(['user.deleted', 'order.*'], ({ event }) => {
    expectTypeOf(event.name).toEqualTypeOf<'user.deleted' | 'order.placed' | 'order.item.added'>();
  });
  router.on('!user.*', ({ event }) => {
    expectTypeOf(event.name).toEqualTypeOf<Exclude<Names, 'user.created' | 'user.deleted'>>();
  });
  const either = 'user.deleted' as 'user.deleted' | 'order.*';
  router.on(either, ({ event }) => {
    expectTypeOf(event.name).toEqualTypeOf<'user.deleted' | 'order.placed' | 'order.item.added'>();
  });
  const configured = 'user.*' as string;
  router.on(configured, ({ event }) => {
    expectTypeOf(event.name).toEqualTypeOf<Names>();
  });
  const list: string[] = ['user.*'];
  router.on(list, ({ event }) => {
    expectTypeOf(event.name).toEqualTypeOf<Names>();
  });
});

test('a pattern that no event matches gives a single error, at the pattern', () => {
  const router = e.router();
  // @ts-expect-error no event begins with "usr."; the listener's `event` is any, so that this is the only error
  router.on('usr.*', ({ event }) => void event.payload.whatever);
  router.on(
    // @ts-expect-error no event begins with "usr."
    ['user.*', 'usr.*'],
    ({ event }) => void event.payload.id,
  );
  // @ts-expect-error the pattern takes away every event
  router.on('!*', () => {});
  // @ts-expect-error the list takes away all that it selects
  router.on(['user.*', '!user.{created,deleted}'], () => {});
  // @ts-expect-error the name has one letter wrong
  router.on('user.craeted', () => {});
  // @ts-expect-error a number is not a pattern
  router.on(1, () => {});
  // @ts-expect-error the run time refuses slashes
  router.on('user/*', () => {});
  // @ts-expect-error the run time refuses extended globs
  router.on('(user|order).*', () => {});
  // @ts-expect-error braces need a comma
  router.on('{user}.*', () => {});
  // @ts-expect-error braces cannot be nested
  router.on('{user,{order,cache}}.*', () => {});
  expectTypeOf<Parameters<typeof router.on<'usr.*'>>[0]>().toEqualTypeOf<NoEventMatches<'usr.*'>>();
});
