import { initTRPC } from '@trpc/server';
import { afterEach, expect, it, vi } from 'vitest';
import { e } from './shop.ts';
import { turn } from '../setup/async.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Makes console.error throw, as the test setup of some applications does. */
function breakConsole() {
  return vi.spyOn(console, 'error').mockImplementation(() => {
    throw new Error('unexpected output');
  });
}

function makeApp() {
  const router = e.router().on('cat.spotted', async () => {
    await turn();
    throw new Error('boom');
  });
  const bus = e.bus({ handlers: [router] });
  const t = initTRPC.create();
  const procedure = t.procedure.use(bus.middleware());
  const app = t.router({
    taken: procedure.mutation(({ ctx }) => (ctx.dispatch('cat.spotted', 1), 'done')),
    unhandled: procedure.mutation(({ ctx }) => (ctx.dispatch('cache.cleared'), 'done')),
  });
  return { bus, caller: t.createCallerFactory(app)({}) };
}

it('A console that throws does not change the result of a call or leave a flush stuck.', async () => {
  const { bus, caller } = makeApp();
  const error = breakConsole();
  expect(await caller.unhandled()).toBe('done');
  expect(await caller.taken()).toBe('done');
  await bus.drain({ timeout: 1000 });
  expect(error).toHaveBeenCalledTimes(2);
});
