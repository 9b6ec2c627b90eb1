/** The cases as a client of a server sees them: the same for each adapter, in another process than the server. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { ROUTES, type AppRouter } from './app.ts';
import { CASE_NAMES, SPANS, type CaseName, type Result, type Results } from './results.ts';
import { Clients } from '../servers/clients.ts';
import { http2Fetch } from '../servers/http2-fetch.ts';

/** A running server, and how to judge it. */
export interface Served {
  readonly url: string;
  readonly protocol?: 'http2';
  /** The folder in which the client marks that it has an answer. */
  readonly marks: string;
  /**
   * `response`: listeners begin when the response has closed, however large it is. `timer`: they begin soon, on a timer,
   * so only a small response has left. `waitUntil`: the same, in a runtime that sends by itself. `inline`: they end
   * before the function returns.
   */
  readonly flushes: 'response' | 'timer' | 'waitUntil' | 'inline';
  /** How events of the `withEvents` handlers below `ROUTES` are flushed. Left out if the server has no such handlers. */
  readonly routes?: 'response' | 'timer' | 'waitUntil';
  /** True if `e.dispatch` has no AsyncLocalStorage to find its scope in. */
  readonly lacksStorage?: boolean;
  /** True if the platform doesn't report that a client has left a stream. */
  readonly hidesLeaving?: boolean;
  /** True if the adapter itself may be at fault. Then a case that doesn't work even without events is no failure. */
  readonly mayLack?: boolean;
}

const LIMIT = 10_000;
/** The size of an answer that is larger than socket buffers. */
const LARGE = 20_000_000;
const SMALL = 100;

export async function runCases(served: Served): Promise<Results> {
  const session = served.protocol === 'http2' ? connect(served.url) : undefined;
  session?.on('error', () => {}); // the calls fail, which is enough
  const clients = new Clients<AppRouter>({
    url: served.url,
    ...(session !== undefined && { fetch: http2Fetch(session) }),
  });
  const results: Partial<Results> = {};
  try {
    const lack = await lacks(clients);
    for (const name of CASE_NAMES) {
      const unsupported = lack.ping ?? (name === 'subscription' ? lack.stream : undefined);
      if (unsupported !== undefined)
        results[name] = { is: served.mayLack ? 'unsupported' : 'failed', reason: unsupported };
      else results[name] = await attempt(() => CASES[name](clients, served));
    }
  } finally {
    await within('closing the clients', clients.close()).catch(() => {});
    session?.destroy();
  }
  return results as Results;
}

async function attempt(run: () => Promise<void>): Promise<Result> {
  try {
    await within('the case', run());
    return { is: 'ok' };
  } catch (error) {
    return { is: 'failed', reason: reasonOf(error) };
  }
}

/** Describes an error in one line. */
function reasonOf(error: unknown): string {
  if (!(error instanceof assert.AssertionError) || error.actual === undefined)
    return (error as Error).message;
  return `expected ${JSON.stringify(error.expected)}, got ${JSON.stringify(error.actual)}`;
}

/** Returns what does not work here even without events, and why. */
async function lacks(clients: Clients<AppRouter>): Promise<{ ping?: string; stream?: string }> {
  const { plain } = clients.client();
  const reasons: { ping?: string; stream?: string } = {};
  try {
    assert.equal(await within('a plain call', plain.ping.query()), 'pong');
  } catch (error) {
    reasons.ping = (error as Error).message;
  }
  try {
    assert.deepEqual(await subscribed((handlers) => plain.stream.subscribe(undefined, handlers)), ['pong']);
  } catch (error) {
    reasons.stream = (error as Error).message;
  }
  return reasons;
}

type Case = (clients: Clients<AppRouter>, served: Served) => Promise<void>;

const CASES: Record<CaseName, Case> = {
  async dispatch(clients, { lacksStorage, routes, url }) {
    const client = clients.client();
    if (routes !== undefined) {
      const answer = await fetch(new URL(`${ROUTES}note?id=r`, url));
      assert.equal(answer.status, lacksStorage ? 501 : 200);
      if (!lacksStorage) await eventually(client, 'r', ['handled r', 'chained r']);
    }
    assert.equal(await client.note.mutate({ id: 'a' }), 'a');
    await eventually(client, 'a', ['handled a', 'chained a']);
    if (lacksStorage) await assert.rejects(client.ambient.mutate({ id: 'b' }), /needs AsyncLocalStorage/);
    else {
      await client.ambient.mutate({ id: 'b' });
      await eventually(client, 'b', ['handled b', 'chained b']);
    }
  },

  async 'after response'(clients, { flushes, marks, routes, lacksStorage, url }) {
    const client = clients.client();
    if (routes !== undefined && !lacksStorage) {
      const size = routes === 'response' ? LARGE : SMALL;
      const answer = await fetch(new URL(`${ROUTES}watched?id=s&size=${size}`, url));
      const body = await answer.text();
      writeFileSync(join(marks, 's'), '');
      assert.equal(body.length, size);
      await eventually(client, 's', ['begun s', 'answered before s']);
    }
    const size = flushes === 'response' ? LARGE : SMALL;
    if (flushes === 'inline') {
      await client.note.mutate({ id: 'c' });
      const log = await client.plain.log.query();
      const [invoked, ...rest] = log.slice(log.lastIndexOf('invoked', log.indexOf('handled c')));
      assert.deepEqual([invoked, ...rest.slice(0, 3)], ['invoked', 'handled c', 'chained c', 'frozen']);
      // Nothing may have run between the freeze of the process and the call that thawed it.
      for (const [i, line] of log.entries()) {
        if (line === 'frozen') assert.equal(log[i + 1], 'invoked');
      }
      return;
    }
    const answer = await client.watched.mutate({ id: 'c', size });
    writeFileSync(join(marks, 'c'), '');
    assert.equal(answer.length, size);
    await eventually(client, 'c', ['begun c', 'answered before c']);
  },

  async discard(clients, { routes, lacksStorage, url }) {
    const client = clients.client();
    if (routes !== undefined && !lacksStorage) {
      for (const path of ['fail', 'throw']) {
        const answer = await fetch(new URL(`${ROUTES}${path}?id=${path}`, url));
        assert.ok(answer.status >= 400);
        await answer.text();
        await eventually(client, path, [`discarded ${path} (failed)`]);
      }
    }
    await assert.rejects(client.fail.mutate({ id: 'd' }), /it fails/);
    await eventually(client, 'd', ['discarded d (failed)']);
    assert.deepEqual(linesOf(await client.plain.drained.query(), 'd'), ['discarded d (failed)']);
  },

  async batch(clients) {
    for (const [link, n] of [
      ['httpBatchLink', 1],
      ['httpBatchStreamLink', 2],
    ] as const) {
      const client = clients.client(link);
      const settled = await Promise.allSettled([
        client.note.mutate({ id: `e${n}` }),
        client.fail.mutate({ id: `f${n}` }),
        client.note.mutate({ id: `g${n}` }),
      ]);
      assert.deepEqual(
        settled.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      for (const id of [`e${n}`, `g${n}`]) await eventually(client, id, [`handled ${id}`, `chained ${id}`]);
      await eventually(client, `f${n}`, [`discarded f${n} (failed)`]);
    }
  },

  async subscription(clients, { hidesLeaving }) {
    const client = clients.client();
    const values = await subscribed((handlers) => client.stream.subscribe({ id: 'h' }, handlers));
    assert.deepEqual(values, [1, 2, 3]);
    for (const id of ['h-1', 'h-2', 'h-3', 'h-end'])
      await eventually(client, id, [`handled ${id}`, `chained ${id}`]);
    if (hidesLeaving) return;
    await new Promise<void>((resolve, reject) => {
      const { unsubscribe } = client.endless.subscribe(
        { id: 'i' },
        { onData: () => resolve(unsubscribe()), onError: reject },
      );
    });
    await eventually(client, 'i', ['handled i', 'chained i']);
  },

  async trace(clients) {
    const client = clients.client();
    await client.traced.mutate({ id: 'k' });
    await eventually(client, 'k', ['handled k', 'chained k']);
    assert.deepEqual(await client.plain.spans.query({ id: 'k' }), SPANS);
  },

  async drain(clients) {
    const client = clients.client();
    await client.slow.mutate({ id: 'j' });
    assert.deepEqual(linesOf(await client.plain.drained.query(), 'j'), ['handled j']);
  },
};

const linesOf = (log: readonly string[], id: string) => log.filter((line) => line.split(' ').includes(id));

/** Polls the log until it has as many lines of an id as expected. They must then be exactly the expected ones. */
async function eventually(
  client: ReturnType<Clients<AppRouter>['client']>,
  id: string,
  expected: readonly string[],
): Promise<void> {
  const end = performance.now() + LIMIT / 2;
  let lines: readonly string[] = [];
  while (lines.length < expected.length && performance.now() < end) {
    const log = await client.plain.log.query();
    const errors = log.filter((line) => line.startsWith('error '));
    if (errors.length > 0) throw new Error(errors.join('; '));
    lines = linesOf(log, id);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.deepEqual(lines, expected);
}

interface Handlers {
  onData(value: unknown): void;
  onError(error: Error): void;
  onComplete(): void;
}

/** Returns what a subscription yields until its end. */
function subscribed(subscribe: (handlers: Handlers) => { unsubscribe(): void }): Promise<unknown[]> {
  const values: unknown[] = [];
  const ended = new Promise<unknown[]>((resolve, reject) => {
    const subscription = subscribe({
      onData: (value) => values.push(value),
      onError(error) {
        subscription.unsubscribe();
        reject(error);
      },
      onComplete: () => resolve(values),
    });
  });
  return within('a subscription', ended);
}

async function within<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${LIMIT} ms`)), LIMIT);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
