import { expect, it } from 'vitest';
import { e } from '../shop.ts';
import { gate, turn } from '../../setup/async.ts';

it('A dependency that is made after its attempt has ended is cleaned up, and no listener runs with it.', async () => {
  const log: string[] = [];
  const connecting = gate();
  const getConnection = e.depends(async function* () {
    await connecting.promise;
    log.push('open');
    try {
      yield 'connection';
    } finally {
      log.push('close');
    }
  });
  const getRepo = e.depends({ connection: getConnection }, () => log.push('repo'));
  const router = e.router();
  router
    .use(({ next }) => Promise.race([next(), Promise.reject(new Error('too slow'))]))
    .provide({ repo: getRepo })
    .on('cat.spotted', () => log.push('listener'));
  const bus = e.bus({ handlers: [router], onError: () => {} });
  const { failures } = await bus.publish('cat.spotted', 1);
  expect(failures).toMatchObject([{ error: { cause: { message: 'too slow' } } }]);
  expect(log).toEqual([]);
  connecting.open();
  await turn();
  expect(log).toEqual(['open', 'close']);
});

it('A middleware that swallows the error of a listener does not hide the failure.', async () => {
  const router = e.router();
  router
    .use(async ({ next }) => next().catch(() => undefined as never))
    .on('cat.spotted', () => {
      throw new Error('boom');
    });
  const bus = e.bus({ handlers: [router], onError: () => {} });
  const { failures } = await bus.publish('cat.spotted', 1);
  expect(failures).toMatchObject([{ error: { cause: { message: 'boom' } } }]);
});
