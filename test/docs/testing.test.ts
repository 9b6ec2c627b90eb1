import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { initTRPC } from '@trpc/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents } from '../../src/index.ts';
import { handlerConformance, recordEvents, testBus } from '../../src/testing/index.ts';

const pages = ['testing.md', 'testing/faults.md', 'testing/fake-timers.md', 'testing/handlers.md'];
const text = pages
  .map((page) => readFileSync(join(import.meta.dirname, '../../docs', page), 'utf8'))
  .join('\n');
const blocks = Array.from(text.matchAll(/^```ts\n(.*?)^```/gms), ([, code]) => code!).filter((code) =>
  /from 'vitest'/.test(code),
);

/** Makes the application that the page assumes. */
function application() {
  const e = initEvents.context<{ db: object }>().create(
    defineEvents({
      'user.created': z.object({ id: z.string(), email: z.email() }),
      'user.deleted': z.object({ id: z.string() }),
      'order.placed': z.object({ id: z.string(), total: z.number() }),
    }),
  );
  const indexed: string[] = [];
  const fakeRepo = { index: async (id: string) => void indexed.push(id) };
  const getRepo = e.depends(() => ({ index: async (_id: string) => {} }));
  const eventRouter = e.router();
  eventRouter
    .provide({ repo: getRepo })
    .on('user.created', ({ event, ctx }) => ctx.repo.index(event.payload.id), {
      name: 'index-user',
    });
  eventRouter.on('user.created', ({ ctx }) => ctx.dispatch('order.placed', { id: 'gift-1', total: 0 }), {
    name: 'welcome-gift',
  });
  eventRouter.on('order.placed', () => Promise.reject(new Error('Out of stock')), { name: 'ship' });
  const db = {};
  const bus = e.bus({ handlers: [eventRouter], createContext: () => ({ db }), onError: () => {} });
  const t = initTRPC.context<{ db: object }>().create();
  const signUp = t.procedure
    .use(bus.middleware())
    .input(z.object({ email: z.email() }))
    .mutation(({ ctx, input }) => {
      ctx.dispatch('user.created', { id: '1', email: input.email });
      if (input.email.startsWith('taken')) throw new Error('It is taken.');
      return { id: '1' };
    });
  const caller = t.createCallerFactory(t.router({ signUp }))({ db });
  return { e, eventRouter, getRepo, fakeRepo, indexed, db, bus, t, caller, req: {} };
}

/** Makes a variant of the application with a single listener, whose first attempt fails. */
function withBill() {
  const given = application();
  const router = given.e.router();
  router.on(
    'order.placed',
    ({ attempt }) => {
      if (attempt === 1) throw new Error('The bank does not answer');
    },
    { name: 'bill', retry: { attempts: 3 } },
  );
  return { ...given, bus: given.e.bus({ handlers: [router], createContext: () => ({ db: {} }) }) };
}

type Run = () => Promise<void>;
/** Returns the tests that a block declares, by name. */
function testsOf(block: string, given: object): Map<string, Run> {
  const tests = new Map<string, Run>();
  const add = (name: string, run: Run) => void tests.set(name, run);
  const all = {
    ...given,
    expect,
    vi,
    handlerConformance,
    recordEvents,
    testBus,
    it: Object.assign(add, { skipIf: (skip: boolean) => (skip ? () => {} : add) }),
  };
  const code = stripTypeScriptTypes(block.replaceAll(/^import .*\n/gm, ''));
  // oxlint-disable-next-line typescript/no-implied-eval -- the code in the docs is what this tests
  new Function(...Object.keys(all), code)(...Object.values(all));
  return tests;
}

afterEach(() => {
  vi.useRealTimers();
});

it('The pages about testing have ten blocks for vitest.', () => expect(blocks).toHaveLength(10));

describe('The code blocks of the pages about testing', () => {
  for (const block of blocks) {
    const given = block.includes('useFakeTimers') ? withBill() : application();
    for (const [name, run] of testsOf(block, given)) {
      it(name, async () => {
        await run();
        expect(given.indexed).toHaveLength(name === 'indexes a new user' ? 1 : 0);
        await given.bus.close();
      });
    }
  }
});

it('The error message shown in docs/testing.md is the one that the recorder throws.', async () => {
  const { bus, caller } = application();
  using events = recordEvents(bus);
  await caller.signUp({ email: 'ada@example.org' });
  const [, message] = /^```\n(Expected one event .*?)\n```$/ms.exec(text)!;
  expect(() => events.only('user.deleted')).toThrow(new Error(message));
});
