import { expect, it, vi } from 'vitest';
import { initEvents, noRetry } from '../../../src/index.ts';
import type { DeadLetter, ErrorReport, RetryOptions } from '../../../src/index.ts';
import { catalog, e } from '../shop.ts';
import { useClock } from './clock.ts';
import { gate } from '../../setup/async.ts';

const STEADY = { minDelay: 1000, factor: 2, jitter: 0 };

/** Makes a bus with one listener, `mail`, whose first `failures` attempts fail. */
function mailer(
  retry: RetryOptions,
  failures: number,
  fail: (attempt: number) => unknown = () => new Error('no'),
) {
  const attempts: { attempt: number; at: number; id: string }[] = [];
  const reports: ErrorReport[] = [];
  const letters: DeadLetter[] = [];
  const router = e.router();
  const clock = useClock();
  router.on(
    'user.created',
    async ({ event, attempt }) => {
      attempts.push({ attempt, at: clock.now, id: event.id });
      if (attempt <= failures) throw fail(attempt);
    },
    { name: 'mail', retry },
  );
  const bus = e.bus({
    handlers: [router],
    onError: (report) => void reports.push(report),
    deadLetter: (letter) => void letters.push(letter),
  });
  return { bus, router, clock, attempts, reports, letters };
}

it('A listener is retried until it succeeds, and each wait is twice as long as the one before.', async () => {
  const { bus, clock, attempts, reports, letters } = mailer({ attempts: 5, ...STEADY }, 3);
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(60_000);
  const { event, failures } = await published;
  expect(attempts).toEqual([
    { attempt: 1, at: 0, id: event.id },
    { attempt: 2, at: 1000, id: event.id },
    { attempt: 3, at: 3000, id: event.id },
    { attempt: 4, at: 7000, id: event.id },
  ]);
  expect([failures, reports, letters]).toEqual([[], [], []]);
});

it('A failure is reported once after the last attempt, and then given to deadLetter.', async () => {
  const order: string[] = [];
  const clock = useClock();
  const router = e.router();
  const boom = new Error('down');
  router.on('user.created', () => Promise.reject(boom), { name: 'mail', retry: { attempts: 2, ...STEADY } });
  const letters: DeadLetter[] = [];
  const bus = e.bus({
    handlers: [router],
    onError: ({ error, listener, attempt }) => void order.push(`${error.code} ${listener} ${attempt}`),
    deadLetter: (letter) => {
      order.push('dead letter');
      letters.push(letter);
    },
  });
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(1000);
  const { event, failures } = await published;
  expect(order).toEqual(['LISTENER_FAILED mail 2', 'dead letter']);
  expect(letters).toEqual([
    { event, listener: 'mail', reason: 'attempts', attempts: 2, error: failures[0]!.error },
  ]);
  expect(failures[0]!.error.cause).toBe(boom);
});

it('The waits between attempts grow up to maxDelay.', async () => {
  const { bus, clock, attempts } = mailer({ attempts: 6, ...STEADY, maxDelay: 3000 }, 5);
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(60_000);
  await published;
  expect(attempts.map(({ at }) => at)).toEqual([0, 1000, 3000, 6000, 9000, 12_000]);
});

it('The default waits are about 1 s, 2 s, 4 s, … up to 60 s, and half of each is random.', async () => {
  vi.spyOn(Math, 'random').mockReturnValueOnce(0).mockReturnValueOnce(0.999_999).mockReturnValue(0.5);
  const { bus, clock, attempts } = mailer({ attempts: 10 }, 9);
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(600_000);
  await published;
  const waits = attempts.map(({ at }, i) => at - (attempts[i - 1]?.at ?? 0)).slice(1);
  expect(waits).toEqual([1000, 1000, 3000, 6000, 12_000, 24_000, 45_000, 45_000, 45_000]);
  vi.restoreAllMocks();
});

it('A jitter of 0 makes waits exact, and a jitter of 1 makes them anything from zero to the full wait.', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.999_999);
  const { bus, clock, attempts } = mailer({ attempts: 3, jitter: 1 }, 2);
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(1);
  await published;
  expect(attempts).toHaveLength(3);
  vi.restoreAllMocks();
});

it('minDelay may be longer than the default of maxDelay.', async () => {
  const { bus, clock, attempts } = mailer({ attempts: 3, minDelay: 90_000, jitter: 0 }, 2);
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(180_000);
  await published;
  expect(attempts.map(({ at }) => at)).toEqual([0, 90_000, 180_000]);
});

it.each([
  ['an error', new TypeError('400')],
  ['a text', '400'],
])(
  'noRetry of %s ends the attempts at once, and reports name the error or text that it wraps.',
  async (_what, thrown) => {
    const { bus, attempts, reports, letters } = mailer({ attempts: 5 }, 5, () => noRetry(thrown));
    await bus.publish('user.created', { id: '1' });
    expect(attempts).toHaveLength(1);
    const cause = typeof thrown === 'string' ? new Error(thrown) : thrown;
    expect(reports).toMatchObject([{ error: { code: 'LISTENER_FAILED', cause }, attempt: 1 }]);
    expect(letters).toMatchObject([{ reason: 'not-retriable', attempts: 1 }]);
  },
);

it.each([{}, { timeout: 1000 }, { concurrency: 1 }, { retry: { attempts: 1 } }])(
  'A listener that has one attempt because of %j may throw noRetry too.',
  async (options) => {
    const router = e.router();
    router.on('user.created', () => Promise.reject(noRetry(new RangeError('never'))), {
      name: 'mail',
      ...options,
    });
    const letters: DeadLetter[] = [];
    const bus = e.bus({
      handlers: [router],
      onError: () => {},
      deadLetter: (letter) => letters.push(letter),
    });
    const { failures } = await bus.publish('user.created', { id: '1' });
    expect(failures[0]!.error.cause).toBeInstanceOf(RangeError);
    expect(letters).toMatchObject([{ reason: 'not-retriable', attempts: 1 }]);
  },
);

it.each(['createContext', 'a middleware', 'a dependency'])(
  'noRetry ends the attempts of a listener at once if %s throws it.',
  async (place) => {
    let calls = 0;
    const gone = new Error('The tenant is gone');
    const failIn = (here: string) => {
      if (here !== place) return;
      calls++;
      throw noRetry(gone);
    };
    const app = initEvents.context<{ db: string }>().create(catalog);
    const router = app
      .router()
      .use(({ next }) => (failIn('a middleware'), next()))
      .provide({ repo: app.depends(() => failIn('a dependency')) });
    router.on('user.created', () => {}, { name: 'mail', retry: { attempts: 3, minDelay: 1 } });
    const letters: DeadLetter[] = [];
    await using bus = app.bus({
      handlers: [router],
      createContext: () => (failIn('createContext'), { db: 'main' }),
      onError: () => {},
      deadLetter: (letter) => void letters.push(letter),
    });
    const { failures } = await bus.publish('user.created', { id: '1' });
    expect(calls).toBe(1);
    expect(letters).toMatchObject([{ reason: 'not-retriable', attempts: 1 }]);
    const { cause } = failures[0]!.error;
    expect(place === 'createContext' ? (cause as Error).cause : cause).toBe(gone);
  },
);

it('A minDelay of 0 means that nothing waits, however large the factor is.', async () => {
  const delays: number[] = [];
  const { bus, clock } = mailer({ attempts: 4, minDelay: 0, factor: 1e200, jitter: 0 }, 3);
  bus.observe({ name: 'delays', backedOff: (_attempt, { delay }) => void delays.push(delay) });
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(10);
  await published;
  expect(delays).toEqual([0, 0, 0]);
});

it('A listener that succeeded is not run again because another listener failed.', async () => {
  const { bus, router, clock, attempts } = mailer({ attempts: 3, ...STEADY }, 2);
  const audit = vi.fn();
  router.on('user.*', audit, { name: 'audit', retry: { attempts: 3 } }).on('user.*', audit, { name: 'log' });
  const published = bus.publish('user.created', { id: '1' });
  await clock.pass(3000);
  await published;
  expect(attempts).toHaveLength(3);
  expect(audit).toHaveBeenCalledTimes(2);
});

it('drain waits until all retries are done.', async () => {
  const { bus, clock, attempts } = mailer({ attempts: 3, ...STEADY }, 2);
  const { promise, open } = gate();
  void bus.publish('user.created', { id: '1' });
  void bus.drain().then(open);
  let isDrained = false;
  void promise.then(() => (isDrained = true));
  await clock.pass(2999);
  expect([isDrained, attempts.length]).toEqual([false, 2]);
  await clock.pass(1);
  expect([isDrained, attempts.length]).toEqual([true, 3]);
});
