import { afterEach, expect, test } from 'vitest';
import { HTTP_ADAPTERS, start, type ContextSource } from '../servers/start.ts';
import { e, makeApp, t, eventually } from './app.ts';
import { countHeld } from './garbage.ts';

const timers: NodeJS.Timeout[] = [];
afterEach(() => {
  for (const timer of timers.splice(0)) clearInterval(timer);
});

/** This function is not an arrow in a procedure, because that would hold the procedure's variables. */
function startTimer(): void {
  timers.push(setInterval(() => {}, 1_000_000));
}

const WHERE = ['a call that failed', 'a call that succeeded', 'a listener', 'a subscription'] as const;
const CASES = HTTP_ADAPTERS.flatMap((adapter) => WHERE.map((where) => ({ adapter, where })));

test.each(CASES)(
  'a timer that was started in $where holds no request, response or ctx: $adapter',
  async ({ adapter, where }) => {
    await using app = makeApp({
      listener: () => {
        if (where === 'a listener') startTimer();
      },
    });
    const router = t.router({
      mutation: app.procedure.mutation(({ ctx }) => {
        ctx.dispatch('noted', 'note');
        ctx.dispatch('noted', 'whatever comes', { when: 'settled' });
        if (where !== 'a listener') startTimer();
        if (where === 'a call that failed') throw new Error('no');
      }),
      subscription: app.procedure.subscription(async function* generate() {
        e.dispatch('noted', 'note');
        startTimer();
        yield 1;
      }),
    });
    const references: WeakRef<object>[] = [];
    const createContext = ({ req, res }: ContextSource) => {
      const ctx = { req, res };
      references.push(...[ctx, req as object, res as object].map((held) => new WeakRef(held)));
      return ctx;
    };
    {
      await using server = await start(adapter, router, { createContext });
      const client = server.client();
      if (where === 'a subscription') {
        await new Promise((resolve) => {
          client.subscription.subscribe(undefined, { onComplete: () => resolve(undefined) });
        });
      } else await client.mutation.mutate().catch(() => {});
      await eventually(() => expect(app.handled.length).toBeGreaterThan(0));
      await app.bus.drain();
    }
    expect(timers.length).toBeGreaterThan(0);
    expect(references.length).toBeGreaterThan(0);
    expect(await countHeld(references)).toBe(0);
  },
  30_000,
);
