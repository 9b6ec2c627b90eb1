import { expect, it } from 'vitest';
import type { Dependency } from '../../../src/index.ts';
import { collector, e } from '../shop.ts';

/** Publishes one event to a listener with these dependencies. */
async function handle(
  dependencies: Record<string, Dependency<unknown>>,
  listener: () => unknown = () => {},
): Promise<unknown[]> {
  const router = e.router();
  router.provide(dependencies).on('cat.spotted', listener);
  await using bus = e.bus({ handlers: [router], onError: () => {} });
  const { failures } = await bus.publish('cat.spotted', 1);
  return failures.map(({ error }) => error.cause);
}

/** A dependency that logs its life. */
const logged = (name: string, log: string[], needs: Record<string, Dependency<unknown>> = {}) =>
  e.depends(needs, async function* () {
    log.push(`open ${name}`);
    try {
      yield name;
      log.push(`commit ${name}`);
    } catch (error) {
      log.push(`roll back ${name}: ${(error as Error).message}`);
      throw error;
    } finally {
      log.push(`close ${name}`);
    }
  });

it('Generators are finished in the reverse order, after the listener.', async () => {
  const log: string[] = [];
  const connection = logged('connection', log);
  const transaction = logged('transaction', log, { connection });
  const repo = logged('repo', log, { transaction });
  const causes = await handle({ repo, connection, transaction }, async () => {
    await Promise.resolve();
    log.push('listener');
  });
  expect(causes).toEqual([]);
  expect(log).toEqual([
    'open connection',
    'open transaction',
    'open repo',
    'listener',
    ...['repo', 'transaction', 'connection'].flatMap((name) => [`commit ${name}`, `close ${name}`]),
  ]);
});

it('When the attempt failed, its error is thrown into them, and stays the reason.', async () => {
  const log: string[] = [];
  const connection = logged('connection', log);
  const causes = await handle({ transaction: logged('transaction', log, { connection }) }, () => {
    throw new Error('boom');
  });
  expect(causes).toMatchObject([{ message: 'boom' }]);
  expect(log.slice(2)).toEqual([
    'roll back transaction: boom',
    'close transaction',
    'roll back connection: boom',
    'close connection',
  ]);
});

it('Synchronous generators are treated alike.', async () => {
  const log: string[] = [];
  const dependency = e.depends(function* () {
    try {
      yield 1;
    } catch (error) {
      log.push((error as Error).message);
    } finally {
      log.push('close');
    }
  });
  const boom = new Error('boom');
  expect(await handle({ dependency }, () => Promise.reject(boom))).toEqual([boom]);
  expect(log).toEqual(['boom', 'close']);
});

it('A dependency that swallows the error does not make the attempt a success.', async () => {
  const seen = collector({ events: 'user.*' });
  const router = e.router();
  const swallowing = e.depends(function* () {
    try {
      yield 1;
    } catch {
      // Swallowed.
    }
  });
  router.provide({ swallowing }).on('cat.spotted', ({ ctx }) => {
    ctx.dispatch('user.created', { id: '1' });
    throw new Error('boom');
  });
  await using bus = e.bus({ handlers: [router, seen.handler], onError: () => {} });
  expect((await bus.publish('cat.spotted', 1)).failures).toHaveLength(1);
  expect(seen.events).toEqual([]);
});

it('A clean-up that throws after a success fails the attempt, as a commit that fails does.', async () => {
  const log: string[] = [];
  const outer = logged('outer', log);
  const failing = e.depends({ outer }, async function* () {
    yield 1;
    throw new Error('commit failed');
  });
  expect(await handle({ failing })).toMatchObject([{ message: 'commit failed' }]);
  expect(log).toEqual(['open outer', 'roll back outer: commit failed', 'close outer']);
});

it('A clean-up that throws after a failure hides neither it nor the other clean-ups.', async () => {
  const log: string[] = [];
  const outer = logged('outer', log);
  const failing = e.depends({ outer }, async function* () {
    try {
      yield 1;
    } finally {
      // oxlint-disable-next-line no-unsafe-finally -- this is the case
      throw new Error('clean-up failed');
    }
  });
  const causes = await handle({ failing }, () => Promise.reject(new Error('boom')));
  expect(causes).toMatchObject([{ message: 'boom' }]);
  expect(log).toEqual(['open outer', 'roll back outer: boom', 'close outer']);
});

it('Where one dependency fails, those that were made are cleaned up, slower ones too.', async () => {
  const log: string[] = [];
  const slow = e.depends(async function* () {
    await new Promise((resolve) => setTimeout(resolve, 10));
    try {
      yield 1;
    } finally {
      log.push('close slow');
    }
  });
  const bad = e.depends(() => Promise.reject(new Error('no connection')));
  const causes = await handle({ bad, slow, quick: logged('quick', log) });
  expect(causes).toMatchObject([{ message: 'no connection' }]);
  expect(log).toEqual(['open quick', 'close slow', 'roll back quick: no connection', 'close quick']);
});

it('A middleware that throws after next() rolls back what is provided.', async () => {
  const log: string[] = [];
  const router = e.router();
  router
    .provide({ transaction: logged('transaction', log) })
    .use(async ({ next }) => {
      await next();
      throw new Error('too late');
    })
    .on('cat.spotted', () => void log.push('listener'));
  await using bus = e.bus({ handlers: [router], onError: () => {} });
  await bus.publish('cat.spotted', 1);
  expect(log).toEqual([
    'open transaction',
    'listener',
    'roll back transaction: too late',
    'close transaction',
  ]);
});

it.each<[string, () => Generator<number> | AsyncGenerator<number>, string]>([
  [
    'yields twice',
    function* () {
      yield 1;
      yield 2;
    },
    'a dependency yielded a second time: a generator yields its value once, then cleans up',
  ],
  [
    'yields twice, asynchronously',
    async function* () {
      yield 1;
      yield 2;
    },
    'a dependency yielded a second time: a generator yields its value once, then cleans up',
  ],
  [
    'never yields',
    function* () {},
    'a dependency ended before it yielded: a generator yields its value once, then cleans up',
  ],
])('A generator that %s fails the attempt, and says why.', async (_, create, message) => {
  expect(await handle({ bad: e.depends(create) })).toMatchObject([{ message }]);
});
