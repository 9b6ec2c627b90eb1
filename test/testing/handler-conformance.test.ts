import { describe, expect, it, vi } from 'vitest';
import { echo, type AnyEvent, type EventHandler, type HandleManyOptions } from '../../src/index.ts';
import { handlerConformance, type ConformanceCase } from '../../src/testing/index.ts';
import { rejectionOf, untyped } from '../core/shop.ts';
import { broken } from './broken-offices.ts';
import { Office, officeOptions } from './office.ts';

/** Runs the cases, and returns the message of each case that fails, by its name. */
async function failuresIn(cases: readonly ConformanceCase[]): Promise<Record<string, string>> {
  const failures: Record<string, string> = {};
  for (const { name, run } of cases) await run().catch((error: Error) => (failures[name] = error.message));
  return failures;
}

describe('a handler with all capabilities', () => {
  const cases = handlerConformance(() => new Office(), officeOptions);
  it('skips no case', () => expect(cases.filter(({ skip }) => skip !== undefined)).toEqual([]));
  for (const { name, run } of cases) it(name, run);
});

describe('a recording handler', () => {
  const make = () => {
    const seen: string[] = [];
    return { name: 'recording', seen, handle: ({ id }: AnyEvent) => void seen.push(id) };
  };
  for (const { name, run } of handlerConformance(make, { received: ({ seen }) => seen })) it(name, run);
});

describe('a handler that gathers events, and sends them when it is closed', () => {
  const make = () => {
    const [held, sent]: [string[], string[][]] = [[], []];
    const close = () => void (held.length > 0 && sent.push(held.splice(0)));
    return { name: 'gathering', sent, handle: ({ id }: AnyEvent) => void held.push(id), close };
  };
  for (const { name, run } of handlerConformance(make, { received: ({ sent }) => sent })) it(name, run);
});

describe('echo', () => {
  const seen = new WeakMap<EventHandler, string[]>();
  const make = () => {
    const ids: string[] = [];
    const handler = echo({ print: (_line, { id }) => void ids.push(id) });
    seen.set(handler, ids);
    return handler;
  };
  const cases = handlerConformance(make, { received: (handler) => seen.get(handler)! });
  for (const { name, run } of cases) it(name, run);
  it('skips the cases for which an option or a capability is missing', () => {
    expect(cases.filter(({ skip }) => skip !== undefined).map(({ name }) => name)).toEqual([
      'fails on an event that it cannot handle, and then goes on (skipped: without options.fail, nobody can make it fail)',
      'fails only on those events of a flush that it cannot handle (skipped: without options.fail, nobody can make it fail)',
      'ends before its deadline, even if it cannot handle an event (skipped: without options.fail, nobody can make it fail)',
      'handles a slow event once, and delays no other handler meanwhile (skipped: without options.hold, nobody can keep it from ending)',
      'is closed only after it has handled what it has begun (skipped: without options.hold, nobody can keep it from ending)',
      'keeps the order of a key over flushes that overlap (skipped: options.capabilities does not declare ordered)',
      'ends when its signal aborts (skipped: options.capabilities does not declare abortable)',
      'sends each event by one call of send (skipped: options.capabilities does not declare sends)',
      'sends no more events at once than maxBatch (skipped: options.capabilities does not declare maxBatch)',
      'fails only on an event of more than maxBytes (skipped: options.capabilities does not declare maxBytes)',
    ]);
  });
});

describe('a broken handler fails its case, and no other', () => {
  it.each(broken)('$case', async ({ case: name, says, make }) => {
    // The handler that ignores its signal never ends, so its case gets a short timeout.
    const impatient = handlerConformance(make, { ...officeOptions, timeout: 300 });
    const cases = handlerConformance(make, officeOptions).map((it, i) =>
      it.name === name && name.includes('aborts') ? impatient[i]! : it,
    );
    expect(await failuresIn(cases)).toEqual({ [name]: expect.stringContaining(says) });
  });

  it('every case has a broken handler', () => {
    const names = handlerConformance(() => new Office(), officeOptions).map(({ name }) => name);
    expect(broken.map(({ case: name }) => name)).toEqual(names);
  });
});

describe('a handler fails a case if it', () => {
  /** A handler that takes one flush at a time: it answers any other flush with `answer`, and handles none of it. */
  const busyOffice = (answer: () => Promise<{ failures: [] }>) =>
    class extends Office {
      #isBusy = false;
      override async handleMany(events: readonly AnyEvent[], options: HandleManyOptions) {
        if (this.#isBusy) return answer();
        this.#isBusy = true;
        return super.handleMany(events, options).finally(() => (this.#isBusy = false));
      }
    };
  const takesLong = 'handles a slow event once, and delays no other handler meanwhile';

  it('loses events that arrive while it is busy', async () => {
    const Busy = busyOffice(async () => ({ failures: [] }));
    expect(await failuresIn(handlerConformance(() => new Busy(), officeOptions))).toEqual({
      [takesLong]: '1 of 2 events were not handled, the first of them event 1.',
      'sends each event by one call of send': 'It sent event 3 by 0 calls of send.',
    });
  });

  it('refuses events that arrive while it is busy', async () => {
    const Busy = busyOffice(() => Promise.reject(new Error('busy')));
    expect(await failuresIn(handlerConformance(() => new Busy(), officeOptions))).toEqual({
      [takesLong]: 'It failed on event 1, though nothing was wrong: Error: busy',
      'sends each event by one call of send': 'It failed on event 3, though nothing was wrong: Error: busy',
    });
  });

  it('sends something that nobody dispatched', async () => {
    class Chatty extends Office {
      override async handleMany(events: readonly AnyEvent[], options: HandleManyOptions) {
        this.sent.push(['hello']);
        return super.handleMany(events, options);
      }
    }
    const failures = await failuresIn(handlerConformance(() => new Chatty(), officeOptions));
    expect(failures['handles 10,000 events of one flush']).toBe(
      'It handled an event of the unknown id "hello", which was not sent.',
    );
  });

  it('sends something each time it is closed', async () => {
    class Polite extends Office {
      override async close() {
        this.sent.push(['good-bye']);
      }
    }
    const failures = await failuresIn(handlerConformance(() => new Polite(), officeOptions));
    expect(failures['can be closed twice']).toBe('The second close() sent something.');
  });

  it('forgets the events it has begun to handle when it is closed', async () => {
    class Forgetful extends Office {
      override async handleMany(events: readonly AnyEvent[], options: HandleManyOptions) {
        if (events.some(({ id }) => this.kept.has(id))) return { failures: [] };
        return super.handleMany(events, options);
      }
      override async close() {
        await Promise.all(this.kept.values());
      }
    }
    const failures = await failuresIn(handlerConformance(() => new Forgetful(), officeOptions));
    expect(failures['is closed only after it has handled what it has begun']).toBe(
      'It was closed, and has not handled what was held.',
    );
  });

  it('declares maxBatch, but does not tell which events it sent together', async () => {
    const received = ({ sent }: Office) => sent.flat();
    const failures = await failuresIn(handlerConformance(() => new Office(), { ...officeOptions, received }));
    expect(failures).toEqual({
      'sends no more events at once than maxBatch':
        'options.received gives no lists: nobody can tell what was sent at once.',
    });
  });

  it('reports an aborted event as handled', async () => {
    class Careless extends Office {
      override async post(events: readonly AnyEvent[], options: HandleManyOptions) {
        const result = await super.post(events, options);
        return options.signal.aborted ? { failures: [] } : result;
      }
    }
    expect(await failuresIn(handlerConformance(() => new Careless(), officeOptions))).toEqual({
      'ends when its signal aborts':
        'It was aborted, and reported no failure: nobody would give it that event again.',
    });
  });

  it('changes a URL in an event', async () => {
    class Tracking extends Office {
      protected override async stamp(event: AnyEvent, signal: AbortSignal) {
        (event.payload as { page: URL }).page.searchParams.set('seen', '1');
        return super.stamp(event, signal);
      }
    }
    const event = (n: number, bytes: number) => ({
      name: 'page.seen',
      payload: { n, page: new URL('https://example.org'), text: 'x'.repeat(bytes) },
    });
    expect(await failuresIn(handlerConformance(() => new Tracking(), { ...officeOptions, event }))).toEqual({
      'leaves events as they are': expect.stringContaining('page: https://example.org/?seen=1'),
    });
  });
});

describe('the events that the suite sends', () => {
  const make = (events: string) => () => {
    const seen: AnyEvent[] = [];
    return { name: 'mine', events, seen, handle: (event: AnyEvent) => void seen.push(event) };
  };
  const received = ({ seen }: { seen: AnyEvent[] }) => seen.map(({ id }) => id);

  it('come from options.event', async () => {
    const made: AnyEvent[][] = [];
    const event = (n: number) => ({
      name: n % 2 === 0 ? 'user.created' : 'user.deleted',
      payload: { id: `${n}` },
    });
    const [first] = handlerConformance(
      () => {
        const handler = make('user.*')();
        made.push(handler.seen);
        return handler;
      },
      { event, received },
    );
    await first!.run();
    expect(made[0]!.map(({ name, payload }) => [name, payload])).toEqual([
      ['user.created', { id: '0' }],
      ['user.deleted', { id: '1' }],
      ['user.created', { id: '2' }],
    ]);
  });

  it('must match the patterns of the handler', async () => {
    const [first] = handlerConformance(make('user.*'), { received });
    expect(await rejectionOf(first!.run())).toEqual(
      new Error(
        'The handler "mine" takes "user.*", which does not select "thing.happened": let options.event give events that it takes.',
      ),
    );
  });
});

it('A capability that is declared as false, or not declared, is not tested.', () => {
  const cases = handlerConformance(() => new Office(), {
    ...officeOptions,
    capabilities: { ordered: false, abortable: true },
  });
  expect(cases.flatMap(({ skip }) => skip ?? [])).toEqual(
    ['ordered', 'sends', 'maxBatch', 'maxBytes'].map(
      (name) => `options.capabilities does not declare ${name}`,
    ),
  );
});

it('A forwarder passes the suite, including the case for its signal.', async () => {
  const make = () => Object.assign(new Office(), { remote: true as const });
  expect(await failuresIn(handlerConformance(make, officeOptions))).toEqual({});
});

it('A handler that never ends fails with what its case waited for, and a handler that cannot be made fails with its own error.', async () => {
  const never = handlerConformance(() => ({ name: 'never', handle: () => new Promise<void>(() => {}) }), {
    received: () => [],
    timeout: 20,
  });
  expect(await rejectionOf(never[0]!.run())).toEqual(
    new Error('After 20 ms it still waits for a flush of 3, by handle.'),
  );
  const unmade = handlerConformance(() => Promise.reject(new Error('no server')), { received: () => [] });
  expect(await rejectionOf(unmade[0]!.run())).toEqual(new Error('no server'));
});

it('An option that throws ends its case at once, and nothing of the case goes on after it.', async () => {
  const hold = () => {
    throw new Error('no such letter');
  };
  let closed = 0;
  class Closing extends Office {
    override async close() {
      closed++;
    }
  }
  const cases = handlerConformance(() => new Closing(), { ...officeOptions, hold });
  const held = cases.filter(({ name }) =>
    /slow event|is closed only|order of a key|signal aborts/.test(name),
  );
  expect(held).toHaveLength(4);
  for (const { run } of held) expect(await rejectionOf(run())).toEqual(new Error('no such letter'));
  expect(closed).toBe(4);
  const { setTimeout: wait } = globalThis;
  const timers = vi.spyOn(globalThis, 'setTimeout');
  await new Promise((resolve) => wait(resolve, 20));
  expect(timers).not.toHaveBeenCalled();
  timers.mockRestore();
});

it.each([
  [
    undefined,
    {},
    'handlerConformance takes a function that makes a handler, since each case needs a new one, not undefined.',
  ],
  [echo(), {}, 'not an object.'],
  [echo, { recieved: () => [] }, 'handlerConformance has no option "recieved". Did you mean "received"?'],
  [
    echo,
    { capabilities: { maxBatch: 0 } },
    'handlerConformance, capabilities: maxBatch must be a positive integer, not 0.',
  ],
  [echo, { capabilities: { orderd: true } }, 'Did you mean "ordered"?'],
  [echo, { timeout: -1 }, 'timeout must be a number of milliseconds'],
])('Bad options are refused: %o, %o', (make, options, message) => {
  expect(() => untyped(handlerConformance)(make, options)).toThrow(message);
});
