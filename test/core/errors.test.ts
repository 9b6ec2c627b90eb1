import { expect, it, vi } from 'vitest';
import { EventsError } from '../../src/index.ts';
import { e, thrownBy } from './shop.ts';

it('An EventsError is an Error with a name, a code, a message and a stack.', () => {
  const error = thrownBy(() => e.dispatch('cat.spotted', 1)) as EventsError;
  expect(error).toBeInstanceOf(EventsError);
  expect(error).toBeInstanceOf(Error);
  expect(Error.prototype.isPrototypeOf(error)).toBe(true);
  expect(error.name).toBe('EventsError');
  expect(error.code).toBe('NO_SCOPE');
  expect(String(error)).toBe(`EventsError: ${error.message}`);
  expect(error.stack).toContain('errors.test.ts');
});

it('An EventsError has the properties cause and issues only if they were given.', () => {
  const cause = new Error('cause');
  const issues = [{ message: 'no' }];
  const full = new EventsError('BAD_MESSAGE', 'message', { cause, issues });
  expect(full).toMatchObject({ cause, issues });
  const bare = new EventsError('CLOSED', 'message');
  expect('cause' in bare).toBe(false);
  expect(bare.issues).toBe(undefined);
  expect('issues' in bare).toBe(false);
  expect('cause' in new EventsError('CLOSED', 'message', { cause: undefined })).toBe(true);
});

it.each([[undefined], [null], ['CLOSED'], [{}], [{ code: 'CLOSED' }], [new Error('CLOSED')], [() => {}]])(
  '%o is not an instance of EventsError.',
  (value) => {
    expect(value instanceof EventsError).toBe(false);
  },
);

it('instanceof recognizes the errors of another copy of the package.', async () => {
  vi.resetModules();
  const copy = await import('../../src/index.ts');
  expect(copy.EventsError).not.toBe(EventsError);
  const theirs = new copy.EventsError('CLOSED', 'message');
  expect(theirs instanceof EventsError).toBe(true);
  expect(new EventsError('CLOSED', 'message') instanceof copy.EventsError).toBe(true);
});

it('A bus accepts event values, dependencies and routers made by another copy of the package.', async () => {
  vi.resetModules();
  const copy = await import('./shop.ts');
  const { defineEvent } = await import('../../src/index.ts');
  const { z } = await import('zod');
  expect(copy.e).not.toBe(e);
  const heard: unknown[] = [];
  const dependency = copy.e.depends(() => 'of the copy');
  const router = copy.e.router();
  router
    .provide({ dependency })
    .on('user.created', ({ event, ctx }) => void heard.push(event.payload, ctx.dependency));
  await using bus = e.bus({ handlers: [router] });
  await bus.publish(defineEvent('user.created', z.object({ id: z.string() }))({ id: '1' }));
  expect(heard).toEqual([{ id: '1' }, 'of the copy']);
});

it('Two copies of the package share one AsyncLocalStorage: each finds its own scope, or else one of the same events.', async () => {
  vi.resetModules();
  const copy = await import('./shop.ts');
  const names: string[] = [];
  const handler = { name: 'mine', handle: ({ name }: { name: string }) => names.push(name) };
  await using ours = e.bus({ handlers: [handler] });
  await using theirs = copy.e.bus({ handlers: [handler] });
  await ours.scope(async () => {
    copy.e.dispatch('user.created', { id: '1' });
    await theirs.scope(() => {
      e.dispatch('cache.cleared');
      copy.e.dispatch('cat.spotted', 1);
    });
    expect(names).toEqual(['cat.spotted']);
  });
  expect(names).toEqual(['cat.spotted', 'user.created', 'cache.cleared']);
});
