import { describe, expect, test } from 'vitest';
import { e, makeApp, t } from './app.ts';

/** An iterable with more members, which an application may return. */
class Feed {
  readonly label = 'feed';
  #left: number;
  constructor(length: number) {
    this.#left = length;
  }
  get left() {
    return this.#left;
  }
  rewind(to: number) {
    this.#left = to;
    return this;
  }
  async *[Symbol.asyncIterator]() {
    while (this.#left > 0) {
      e.dispatch('noted', `feed ${this.#left}`);
      yield this.#left--;
    }
  }
}

async function read(iterable: AsyncIterable<unknown>): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const value of iterable) values.push(value);
  return values;
}

function serve(answer: () => unknown) {
  const app = makeApp();
  const router = t.router({ query: app.procedure.query(answer) });
  const caller = t.createCallerFactory(router)({});
  return Object.assign(app, { query: () => caller.query() as Promise<any> });
}

describe('the result of a streaming procedure', () => {
  test('keeps its other members, even private ones', async () => {
    await using app = serve(() => new Feed(2));
    const feed: Feed = await app.query();
    expect(feed).toBeInstanceOf(Feed);
    expect([feed.label, feed.left, feed.rewind(3).left]).toEqual(['feed', 2, 3]);
    expect(await read(feed)).toEqual([3, 2, 1]);
    await app.bus.drain();
    expect(app.handled).toEqual(['feed 3', 'feed 2', 'feed 1']);
  });

  test('may be frozen', async () => {
    const make = () =>
      Object.freeze({
        label: 'frozen',
        async *[Symbol.asyncIterator]() {
          e.dispatch('noted', 'frozen');
          yield 1;
        },
      });
    await using app = serve(make);
    const stream = await app.query();
    expect(stream.label).toBe('frozen');
    expect(await read(stream)).toEqual([1]);
    await app.bus.drain();
    expect(app.handled).toEqual(['frozen']);
  });

  test('may have members that can’t be replaced', async () => {
    const make = () =>
      Object.defineProperty({}, Symbol.asyncIterator, {
        value: async function* locked() {
          e.dispatch('noted', 'locked');
          yield 1;
        },
      });
    await using app = serve(make);
    expect(await read(await app.query())).toEqual([1]);
    await app.bus.drain();
    expect(app.handled).toEqual(['locked']);
  });

  test.each([
    { next: 'cursor of page 2', expected: 'cursor of page 2' },
    { next: () => Promise.resolve('page 2'), expected: 'page 2' },
  ])('may be a page with a next of its own, which is left as it is: $next', async ({ next, expected }) => {
    const make = () => ({
      next,
      async *[Symbol.asyncIterator]() {
        e.dispatch('noted', 'page');
        yield 1;
        yield 2;
      },
    });
    await using app = serve(make);
    const page = await app.query();
    expect(await (typeof page.next === 'function' ? page.next() : page.next)).toBe(expected);
    expect(await read(page)).toEqual([1, 2]);
    await app.bus.drain();
    expect(app.handled).toEqual(['page']);
  });

  test.each([
    {
      what: 'can not be iterated',
      iterate: () => {
        throw new TypeError('it throws');
      },
    },
    { what: 'gives no results', iterate: () => ({ next: () => undefined }) },
  ])('counts as failed if it $what', async ({ iterate }) => {
    const make = () => {
      e.dispatch('noted', 'broken');
      return { [Symbol.asyncIterator]: iterate };
    };
    await using app = serve(make);
    const broken = await app.query();
    await expect(read(broken)).rejects.toThrow(TypeError);
    expect(app.discarded).toEqual(['broken']);
  });

  test('may be a ReadableStream, which can still be read as one', async () => {
    const make = () =>
      new ReadableStream({
        pull(controller) {
          controller.enqueue('chunk');
          controller.close();
        },
      });
    await using app = serve(make);
    expect(await read(await app.query())).toEqual(['chunk']);
    const stream: ReadableStream = await app.query();
    expect(stream.locked).toBe(false);
    const reader = stream.getReader();
    expect(stream.locked).toBe(true);
    expect(await reader.read()).toEqual({ done: false, value: 'chunk' });
  });

  test('may be an iterator that is its own iterable, and has no return()', async () => {
    await using app = serve(() => {
      let left = 2;
      return {
        async next() {
          e.dispatch('noted', `next ${left}`);
          return left > 0 ? { done: false, value: left-- } : { done: true, value: undefined };
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    });
    expect(await read(await app.query())).toEqual([2, 1]);
    for await (const value of await app.query()) {
      expect(value).toBe(2);
      break;
    }
    await app.bus.drain();
    expect(app.handled).toEqual(['next 2', 'next 1', 'next 0', 'next 2']);
  });

  test('is still a generator: sent, thrown and returned values pass through', async () => {
    await using app = serve(async function* generate(): AsyncGenerator<unknown, unknown, unknown> {
      try {
        const sent = yield 'first';
        yield `sent ${String(sent)}`;
      } catch (error) {
        yield `caught ${String(error)}`;
      }
      return 'end';
    });
    const generator: AsyncGenerator<unknown, unknown, unknown> = await app.query();
    expect(await generator.next()).toEqual({ done: false, value: 'first' });
    expect(await generator.next('word')).toEqual({ done: false, value: 'sent word' });
    expect(await generator.throw('stone')).toEqual({ done: false, value: 'caught stone' });
    expect(await generator.next()).toEqual({ done: true, value: 'end' });
    const other: AsyncGenerator<unknown, unknown, unknown> = await app.query();
    await other.next();
    expect(await other.return('early')).toEqual({ done: true, value: 'early' });
    await expect(other.throw(new Error('too late'))).rejects.toThrow('too late');
  });

  test('answers concurrent pulls as a generator does', async () => {
    await using app = serve(async function* generate() {
      for (let i = 0; i < 3; i++) {
        e.dispatch('noted', String(i));
        yield i;
      }
    });
    const generator: AsyncGenerator = await app.query();
    const results = await Promise.all([
      generator.next(),
      generator.next(),
      generator.next(),
      generator.next(),
    ]);
    expect(results.map(({ value }) => value)).toEqual([0, 1, 2, undefined]);
    await app.bus.drain();
    expect(app.handled.toSorted()).toEqual(['0', '1', '2']);
  });

  test('can be disposed of by await using', async () => {
    await using app = serve(async function* generate() {
      try {
        yield 1;
      } finally {
        e.dispatch('noted', 'disposed');
      }
    });
    {
      await using generator: AsyncGenerator = await app.query();
      await generator.next();
    }
    await app.bus.drain();
    expect(app.handled).toEqual(['disposed']);
  });
});

test('a result that is not a stream is returned untouched', async () => {
  const values = [
    { subscribe: () => ({ unsubscribe() {} }) },
    [1],
    new Map(),
    () => 1,
    1n,
    Symbol.iterator,
    null,
  ];
  for (const value of values) {
    await using app = serve(() => value);
    expect(await app.query()).toBe(value);
  }
});
