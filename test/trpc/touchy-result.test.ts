import { expect, test } from 'vitest';
import { makeApp, t } from './app.ts';

test('a result that throws when it is inspected is not a stream: it is returned, and leaves no call open', async () => {
  await using app = makeApp();
  const result = new Proxy(
    {},
    {
      has() {
        throw new Error('the connection is gone');
      },
    },
  );
  const router = t.router({
    make: app.procedure.mutation(({ ctx }) => {
      ctx.dispatch('noted', 'note');
      return result;
    }),
  });
  expect((await t.createCallerFactory(router)({}).make()) === result).toBe(true);
  expect(app.handled).toEqual(['note']);
  await app.bus.close({ timeout: 5000 });
});
