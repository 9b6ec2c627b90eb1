import { initTRPC } from '@trpc/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type EventHandler } from '../../src/index.ts';
import { sharedBus } from '../../src/next/index.ts';
import { thrownBy, untyped } from '../core/shop.ts';
import { gate, turn } from '../setup/async.ts';

interface Options {
  readonly name: string;
  /** Registers the listeners, as their module does. The default listener records its version. */
  readonly listeners?: (router: ReturnType<typeof makeBuilder>['router']) => unknown;
  readonly version?: number;
  readonly handlers?: readonly EventHandler[];
  readonly events?: readonly string[];
  readonly onDiscard?: () => void;
}

const seen: string[] = [];
beforeEach(() => {
  seen.length = 0;
});
afterEach(() => {
  vi.unstubAllEnvs();
});

function makeBuilder(events: readonly string[]) {
  const names = ['user.created', ...events] as ['user.created'];
  const schema = z.object({ id: z.string() });
  const e = initEvents
    .context<{ db: string }>()
    .create(
      defineEvents(
        Object.fromEntries(names.map((name) => [name, schema])) as Record<'user.created', typeof schema>,
      ),
    );
  return { e, router: e.router() };
}

let names = 0;
const newName = () => `bus ${++names}`;

/** Evaluates the modules of an application, as Next.js does once for each kind of route, and after an edit. */
function evaluate({ name, version = 1, events = [], handlers = [], listeners, onDiscard }: Options) {
  const { e, router } = makeBuilder(events);
  const record = (id: string) => seen.push(`${id}, by version ${version}`);
  if (listeners === undefined)
    router.on('user.created', ({ event }) => record(event.payload.id), { name: `listener ${version}` });
  else listeners(router);
  let made = 0;
  const bus = sharedBus(name, () => {
    made++;
    return e.bus({
      handlers: [router, ...handlers],
      createContext: () => ({ db: `db ${version}` }),
      onDiscard,
      unhandled: 'ignore',
    });
  });
  const t = initTRPC.context<{ db: string }>().create();
  const procedure = t.procedure.use(bus.middleware());
  const save = procedure.input(z.string()).mutation(({ input }) => e.dispatch('user.created', { id: input }));
  const caller = t.createCallerFactory(t.router({ save }))({ db: 'db of the call' });
  return { e, router, bus, made: () => made, save: (id: string) => caller.save(id) };
}

describe('in production', () => {
  beforeEach(() => vi.stubEnv('NODE_ENV', 'production'));

  it('The first copy of a module makes the bus, and the others get the same one.', async () => {
    const name = newName();
    const first = evaluate({ name });
    const second = evaluate({ name, version: 2 });
    expect(second.bus).toBe(first.bus);
    expect([first.made(), second.made()]).toEqual([1, 0]);
    await using bus = first.bus;
    const stream = bus.stream('*');
    await first.save('a');
    await second.save('b');
    await bus.drain();
    expect(seen).toEqual(['a, by version 1', 'b, by version 1']);
    expect([await stream.next(), await stream.next()]).toMatchObject([
      { value: { payload: { id: 'a' } } },
      { value: { payload: { id: 'b' } } },
    ]);
  });

  it('Buses of different names are different.', async () => {
    await using first = evaluate({ name: newName() }).bus;
    await using second = evaluate({ name: newName() }).bus;
    expect(first).not.toBe(second);
  });
});

describe.each([['development'], ['test']])('if NODE_ENV is %s', (environment) => {
  beforeEach(() => vi.stubEnv('NODE_ENV', environment));

  it('The bus takes over listeners that were changed, renamed, added and removed, and nothing runs twice.', async () => {
    const name = newName();
    const first = evaluate({ name });
    await using bus = first.bus;
    const copies = [first];
    const on =
      (...listeners: string[]) =>
      (router: typeof first.router) =>
        listeners.forEach((listener) =>
          router.on('user.created', ({ event }) => seen.push(`${event.payload.id}, by ${listener}`), {
            name: listener,
          }),
        );
    for (const listeners of [['a', 'b'], ['a', 'renamed'], ['renamed'], [], ['a', 'added']]) {
      seen.length = 0;
      // Two kinds of route evaluate the edited modules. The copies from before the edit still answer requests, too.
      copies.push(
        evaluate({ name, listeners: on(...listeners) }),
        evaluate({ name, listeners: on(...listeners) }),
      );
      for (const [i, copy] of copies.entries()) {
        expect(copy.bus).toBe(bus);
        await copy.save(`${i}`);
      }
      await bus.drain();
      expect(seen.sort()).toEqual(copies.flatMap((_, i) => listeners.map((by) => `${i}, by ${by}`)).sort());
    }
  });

  it('An event that was added to the catalog works, and a copy with the old e still finds its scope.', async () => {
    const name = newName();
    const first = evaluate({ name, events: ['removed'] });
    await using bus = first.bus;
    await first.save('before');
    const second = evaluate({ name, version: 2, events: ['added', 'also.added'] });
    await bus.publish('added' as 'user.created', { id: 'published' });
    await bus.scope(() => {
      first.e.dispatch('user.created', { id: 'by the old e' });
      first.e.scope(() => second.e.dispatch('user.created', { id: 'by the new e' }));
      const call = () => first.e.dispatch('removed' as 'user.created', { id: '1' });
      expect(thrownBy(call)).toMatchObject({ code: 'UNKNOWN_EVENT' });
    });
    await first.save('by an old procedure');
    await bus.drain();
    expect(seen).toEqual([
      'before, by version 1',
      'by the old e, by version 2',
      'by the new e, by version 2',
      'by an old procedure, by version 2',
    ]);
  });

  it('The newest options count. Streams and observers of bus.observe stay, and those of older options go.', async () => {
    const name = newName();
    const observer = (of: string) => ({
      name: of,
      dispatched: ({ name }: { name: string }) => void seen.push(`${name}, seen by ${of}`),
    });
    const make = (version: number) =>
      sharedBus(name, () => {
        const { e, router } = makeBuilder([]);
        router.on('user.created', ({ ctx }) => seen.push(`with ${ctx.db}`));
        return e.bus({
          handlers: [router],
          createContext: () => ({ db: `db ${version}` }),
          observers: [observer(`the options ${version}`)],
        });
      });
    const bus = make(1);
    const stream = bus.stream('user.*');
    const stop = bus.observe(observer('bus.observe'));
    make(2);
    await bus.publish('user.created', { id: 'streamed' });
    expect(await stream.next()).toMatchObject({ value: { payload: { id: 'streamed' } } });
    stop();
    await make(3).publish('user.created', { id: '3' });
    expect(seen).toEqual([
      'user.created, seen by the options 2',
      'user.created, seen by bus.observe',
      'with db 2',
      'user.created, seen by the options 3',
      'with db 3',
    ]);
    await bus.close();
    expect(await stream.next()).toMatchObject({ value: { payload: { id: '3' } } });
    expect(await stream.next()).toMatchObject({ done: true });
  });

  it('A listener that runs, and what waits for it, end with the version that they began with, and drain waits.', async () => {
    const name = newName();
    const held = gate();
    const { bus } = evaluate({
      name,
      listeners: (router) =>
        router.on('user.created', async ({ event }) => {
          await held.promise;
          seen.push(`${event.payload.id}, by version 1`);
        }),
    });
    const done = bus.scope(({ dispatch }) => {
      dispatch('user.created', { id: 'running' });
      dispatch('user.created', { id: 'waiting' });
    });
    await turn();
    evaluate({ name, version: 2 });
    await bus.publish('user.created', { id: 'new' });
    const drained = bus.drain().then(() => seen.push('drained'));
    await turn();
    held.open();
    await Promise.all([done, drained, bus.close()]);
    expect(seen).toEqual(['new, by version 2', 'running, by version 1', 'waiting, by version 1', 'drained']);
  });

  it('Calls that are open during the edit are flushed to the newest listeners, and dropped if they fail.', async () => {
    const name = newName();
    const { bus, e } = evaluate({ name, onDiscard: () => seen.push('dropped by version 1') });
    const run = (id: string, error?: Error) =>
      bus.scope(async () => {
        e.dispatch('user.created', { id });
        evaluate({ name, version: 2, onDiscard: () => seen.push('dropped by version 2') });
        await turn();
        if (error !== undefined) throw error;
      });
    await run('kept');
    await expect(run('dropped', new Error('no'))).rejects.toThrow('no');
    await bus.close();
    expect(seen).toEqual(['kept, by version 2', 'dropped by version 2']);
  });

  it('A handler that is no longer there is closed once what it holds is done, and the others are not.', async () => {
    const name = newName();
    const held = gate();
    const makeHandler = (of: string, events?: string): EventHandler => ({
      name: of,
      ...(events !== undefined && { events }),
      handle: () => held.promise.then(() => void seen.push(`${of} has handled`)),
      close: () => void seen.push(`${of} is closed`),
    });
    const kept = makeHandler('kept', 'kept');
    const { bus } = evaluate({
      name,
      listeners: () => {},
      events: ['kept'],
      handlers: [kept, makeHandler('first')],
    });
    void bus.publish('user.created', { id: '1' });
    await turn();
    evaluate({ name, listeners: () => {}, events: ['kept'], handlers: [kept, makeHandler('second')] });
    await turn();
    expect(seen).toEqual([]);
    held.open();
    await turn();
    expect(seen).toEqual(['first has handled', 'first is closed']);
    await bus.close();
    expect(seen.slice(2).sort()).toEqual(['kept is closed', 'second is closed']);
  });

  it('close waits for handlers that are no longer there, and what their close throws goes to onError.', async () => {
    const name = newName();
    const errors: unknown[] = [];
    const held = gate();
    const make = (handlers: readonly EventHandler[]) =>
      sharedBus(name, () =>
        makeBuilder([]).e.bus({ handlers, onError: ({ error }) => void errors.push(error.message) }),
      );
    const slow = { name: 'slow', handle: () => {}, close: () => held.promise };
    const broken = { name: 'broken', handle: () => {}, close: () => Promise.reject(new Error('no')) };
    const bus = make([slow, broken]);
    make([]);
    const closed = bus.close().then(() => seen.push('closed'));
    await turn();
    expect(seen).toEqual([]);
    held.open();
    await closed;
    expect(errors).toEqual(['The handler broken, in close, threw Error: no']);
  });

  it('A bus whose new options are refused stays as it was, and so it does if make throws.', async () => {
    const name = newName();
    const first = evaluate({ name });
    await using bus = first.bus;
    const wrong = () => sharedBus(name, () => makeBuilder([]).e.bus({ handlers: [], limits: { depth: -1 } }));
    expect(thrownBy(wrong)).toMatchObject({ code: 'BAD_OPTION' });
    const throwing = () =>
      sharedBus(name, () => {
        throw new Error('The module is half written.');
      });
    expect(throwing).toThrow('The module is half written.');
    first.router.on('user.created', ({ event }) => seen.push(`${event.payload.id}, added later`), {
      name: 'later',
    });
    await bus.publish('user.created', { id: '1' });
    expect(seen).toEqual(['1, by version 1', '1, added later']);
  });

  it('The bus hears of listeners that are registered later, but only on the newest routers.', async () => {
    const name = newName();
    const first = evaluate({ name });
    const second = evaluate({ name, version: 2 });
    await using bus = first.bus;
    await bus.publish('user.created', { id: '1' });
    for (const [i, { router }] of [first, second].entries())
      router.on('user.created', () => seen.push(`late, on router ${i + 1}`));
    await bus.publish('user.created', { id: '2' });
    expect(seen).toEqual(['1, by version 2', '2, by version 2', 'late, on router 2']);
  });

  it('A bus that is closed is replaced by a new one.', async () => {
    const name = newName();
    const first = evaluate({ name });
    await first.bus.close();
    const second = evaluate({ name, version: 2 });
    expect(second.bus).not.toBe(first.bus);
    await second.save('1');
    await second.bus.close();
    expect(seen).toEqual(['1, by version 2']);
  });

  it('make may return the bus that is there already.', async () => {
    const name = newName();
    const { bus } = evaluate({ name });
    expect(sharedBus(name, () => bus)).toBe(bus);
    await bus.publish('user.created', { id: '1' });
    expect(seen).toEqual(['1, by version 1']);
    await bus.close();
  });
});

it('In development, UNKNOWN_EVENT says that an older copy may have been evaluated last, and does not advise sharedBus.', async () => {
  vi.stubEnv('NODE_ENV', 'development');
  const name = newName();
  const newer = evaluate({ name, events: ['added'] });
  await using bus = newer.bus;
  const expectAdvice = (call: () => void) =>
    expect(thrownBy(call)).toMatchObject({
      code: 'UNKNOWN_EVENT',
      message: expect.stringMatching(
        / If you have edited the catalog, the bus has another version of it, .* Restart, or set experimental\.turbopackServerFastRefresh to false in next\.config\.$/,
      ),
    });
  const payload = { id: '1' };
  await bus.scope(({ dispatch }) => expectAdvice(() => dispatch('missing' as 'user.created', payload)));
  evaluate({ name });
  await bus.scope(() => expectAdvice(() => newer.e.dispatch('added' as 'user.created', payload)));
});

it('Copies of the package share the bus.', async () => {
  vi.resetModules();
  const copy = await import('../../src/next/index.ts');
  expect(copy.sharedBus).not.toBe(sharedBus);
  const library = await import('../../src/index.ts');
  const name = newName();
  const { bus, save } = evaluate({ name });
  const e = library.initEvents.create(library.defineEvents({ 'user.created': z.object({ id: z.string() }) }));
  const router = e.router().on('user.created', async ({ event, ctx }) => {
    seen.push(`${event.payload.id}, by the copy, with ${(ctx as unknown as { db: string }).db}`);
  });
  const made = copy.sharedBus(name, () =>
    e.bus({ handlers: [router], createContext: () => ({ db: 'db of the copy' }) }),
  );
  expect(made).toBe(bus);
  await save('1');
  await bus.scope(() => e.dispatch('user.created', { id: '2' }));
  await bus.close();
  expect(seen).toEqual(['1, by the copy, with db of the call', '2, by the copy, with db of the copy']);
});

it.each([
  [['', () => ({})], "the name of the bus, not ''"],
  [[() => ({})], 'the name of the bus, not '],
  [['shop'], 'a function that makes the bus, not undefined'],
  [['shop', {}], 'a function that makes the bus, not '],
  [['shop', () => undefined], 'a function that returns a bus, as e.bus makes it, not undefined'],
  [['shop', async () => ({})], 'a function that returns a bus, as e.bus makes it, not '],
])('sharedBus refuses %o.', (args, words) => {
  expect(thrownBy(() => untyped(sharedBus)(...args))).toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringContaining(`sharedBus takes ${words}`.replaceAll("''", '""')),
  });
});
