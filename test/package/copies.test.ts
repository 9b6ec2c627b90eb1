import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, expect, inject, test } from 'vitest';
import { z } from 'zod';

type Library = typeof import('trpc-events');

/** A process may load the package both as ESM and as CommonJS: bundlers, test runners and Next.js do so. */
const installed = inject('installed');
const esm = (await import(
  pathToFileURL(join(installed, 'node_modules/trpc-events/dist/index.mjs')).href
)) as Library;
const cjs = createRequire(join(installed, 'app.js'))('trpc-events') as Library;
const pairs = [
  { mine: esm, theirs: cjs, names: 'ESM with CommonJS' },
  { mine: cjs, theirs: esm, names: 'CommonJS with ESM' },
];

const seen: unknown[] = [];
beforeEach(() => {
  seen.length = 0;
});

test('the package is loaded as two copies', () => {
  expect(esm.EventsError).not.toBe(cjs.EventsError);
});

test.for(pairs)('instanceof recognizes an error of the other copy: $names', ({ mine, theirs }) => {
  let error: unknown;
  try {
    mine.initEvents.create(mine.defineEvents({ 'cache.cleared': z.void() })).dispatch('cache.cleared');
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(mine.EventsError);
  expect(error).toBeInstanceOf(theirs.EventsError);
  expect(error).toMatchObject({ code: 'NO_SCOPE' });
  expect(new Error('no')).not.toBeInstanceOf(theirs.EventsError);
});

test.for(pairs)(
  'a bus accepts a definition of the other copy, and its values: $names',
  async ({ mine, theirs }) => {
    const userCreated = theirs.defineEvent(
      'user.created',
      z.object({ id: z.string(), n: z.number().default(7) }),
    );
    const e = mine.initEvents.create(mine.defineEvents({ userCreated }));
    const router = e.router().on('user.*', ({ event }) => seen.push(event.payload));
    await using bus = e.bus({ handlers: [router] });
    await bus.publish(userCreated({ id: 'published' }));
    await bus.scope(() => e.dispatch(userCreated({ id: 'dispatched' })));
    expect(seen).toEqual([
      { id: 'published', n: 7 },
      { id: 'dispatched', n: 7 },
    ]);
  },
);

test.for(pairs)(
  'a router, its middleware and its dependencies work in a bus of the other copy: $names',
  async ({ mine, theirs }) => {
    const catalog = theirs.defineEvents({
      'user.created': z.object({ id: z.string() }),
      'user.seen': z.void(),
    });
    const their = theirs.initEvents.create(catalog);
    const getClock = their.depends(() => ({ now: (): number => 1 }));
    const router = their.router();
    router
      .use(({ next }) => next({ ctx: { log: 'added' } }))
      .provide({ clock: getClock })
      .on('user.created', ({ event, ctx }) => {
        seen.push([event.payload.id, ctx.log, ctx.clock.now()]);
        ctx.dispatch('user.seen');
      });
    router.on('user.seen', ({ event }) => seen.push(event.depth));

    const e = mine.initEvents.create(catalog);
    await using bus = e.bus({ handlers: [router], defer: theirs.inline() });
    const restore = bus.override(getClock, { now: () => 2 });
    const { failures } = await bus.publish('user.created', { id: '1' });
    restore();
    expect(failures).toEqual([]);
    expect(seen).toEqual([['1', 'added', 2], 1]);
  },
);

test.for(pairs)('a listener may publish on a bus of the other copy: $names', async ({ mine, theirs }) => {
  const shape = { 'user.created': z.void(), 'user.seen': z.void() };
  const my = mine.initEvents.create(mine.defineEvents(shape));
  const their = theirs.initEvents.create(theirs.defineEvents(shape));
  const theirRouter = their.router().on('user.seen', ({ event }) => seen.push(event.depth));
  await using theirBus = their.bus({ handlers: [theirRouter] });
  const router = my.router().on('user.created', () => void theirBus.publish('user.seen'));
  await using bus = my.bus({ handlers: [router] });
  const envelope = { id: '1', name: 'user.created', time: new Date() };
  expect((await bus.deliver(envelope)).failures).toEqual([]);
  expect(seen).toEqual([1]);
});

test.for(pairs)(
  'each copy finds its own scopes, or else those of the same events: $names',
  async ({ mine, theirs }) => {
    const shape = { 'cache.cleared': z.void() };
    const my = mine.initEvents.create(mine.defineEvents(shape));
    const their = theirs.initEvents.create(theirs.defineEvents(shape));
    await using bus = my.bus({ handlers: [my.router().on('*', () => seen.push('mine'))] });
    await using theirBus = their.bus({ handlers: [their.router().on('*', () => seen.push('theirs'))] });
    await bus.scope(async () => {
      their.dispatch('cache.cleared');
      await theirBus.scope(() => {
        my.dispatch('cache.cleared');
        their.dispatch('cache.cleared');
      });
      expect(seen).toEqual(['theirs']);
    });
    expect(seen).toEqual(['theirs', 'mine', 'mine']);
  },
);
