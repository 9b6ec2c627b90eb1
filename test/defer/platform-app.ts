import { auto } from '../../src/index.ts';
import { e, makeApp, t, type AppOptions } from '../trpc/app.ts';
import { gate } from '../setup/async.ts';

/** Makes the router that the platform tests call, with procedures of each kind. */
export function makeRouter(options?: AppOptions) {
  const app = makeApp({ defer: auto(), ...options });
  const begun = gate();
  const goOn = gate();
  const router = t.router({
    note: app.procedure.mutation(({ ctx }) => ctx.dispatch('noted', 'note')),
    slow: app.procedure.mutation(async ({ ctx }) => {
      begun.open();
      await goOn.promise;
      ctx.dispatch('noted', 'note');
    }),
    fail: app.procedure.mutation(({ ctx }) => {
      ctx.dispatch('noted', 'note');
      throw new Error('no');
    }),
    stream: app.procedure.subscription(async function* generate() {
      e.dispatch('noted', 'first');
      yield 1;
      e.dispatch('noted', 'last');
    }),
    leave: app.procedure.mutation(({ ctx }) => ctx.dispatch),
  });
  return { ...app, router, begun, goOn, createCaller: t.createCallerFactory(router) };
}
