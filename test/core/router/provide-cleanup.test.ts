import { expect, it } from 'vitest';
import type { Dependency } from '../../../src/index.ts';
import { collector, e } from '../shop.ts';

/** Publishes one event to a listener with these dependencies, and returns the causes of its failures. */
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

/** Makes a dependency that logs when it opens, commits, rolls back and closes. */
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

it('Generator dependencies are finished in reverse order after the listener.', async () => {
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

it('When the attempt fails, its error is thrown into the generators, and stays the cause of the failure.', async () => {
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

it('The error of an attempt is thrown into synchronous generators too.', async () => {
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
      // The error is swallowed on purpose.
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

it('A cleanup that throws after the listener succeeded fails the attempt, like a commit that fails.', async () => {
  const log: string[] = [];
  const outer = logged('outer', log);
  const failing = e.depends({ outer }, async function* () {
    yield 1;
    throw new Error('commit failed');
  });
  expect(await handle({ failing })).toMatchObject([{ message: 'commit failed' }]);
  expect(log).toEqual(['open outer', 'roll back outer: commit failed', 'close outer']);
});

it('A cleanup that throws after a failure does not hide the failure or skip the other cleanups.', async () => {
  const log: string[] = [];
  const outer = logged('outer', log);
  const failing = e.depends({ outer }, async function* () {
    try {
      yield 1;
    } finally {
      // oxlint-disable-next-line no-unsafe-finally -- the test is about a cleanup that throws
      throw new Error('clean-up failed');
    }
  });
  const causes = await handle({ failing }, () => Promise.reject(new Error('boom')));
  expect(causes).toMatchObject([{ message: 'boom' }]);
  expect(log).toEqual(['open outer', 'roll back outer: boom', 'close outer']);
});

it('When one dependency fails, the others are cleaned up, including slower ones.', async () => {
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

it('A middleware that throws after next() rolls back the provided dependencies.', async () => {
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
])('A generator that %s fails the attempt with an error that says why.', async (_, create, message) => {
  expect(await handle({ bad: e.depends(create) })).toMatchObject([{ message }]);
});
