import type { NextFunction, Request as Req, Response as Res } from 'express';
import { expect, test } from 'vitest';
import { inline, withEvents } from '../../src/index.ts';
import { later, makeApp } from './app.ts';

const request = () => new Request('http://localhost/');
const throws = (value: unknown) => () => {
  throw value;
};

test.for<[string, () => unknown, boolean]>([
  ['a response', () => Response.json(1), true],
  ['a promise of a response', async () => (await later(), new Response()), true],
  ['a response of 399', () => new Response(null, { status: 399 }), true],
  ['a response of 400', () => new Response(null, { status: 400 }), false],
  ['a promise of a response of 500', async () => new Response(null, { status: 500 }), false],
  ['Response.error()', () => Response.error(), false],
  ['nothing, as a server of Bun does that has upgraded to a WebSocket', () => {}, true],
  ['an error', throws(new Error('wrong')), false],
  ['a rejection', () => Promise.reject(new Error('wrong')), false],
  [
    'a digest like that of redirect(), which means nothing outside of Next.js',
    throws({ digest: 'NEXT_REDIRECT;' }),
    false,
  ],
])('a fetch handler that ends in %s', async ([_name, act, isKept]) => {
  const app = makeApp();
  const handler = withEvents(app.bus, (_request: Request): unknown => {
    app.note('a');
    return act();
  });
  await Promise.allSettled([handler(request())]);
  await app.end();
  expect([app.handled, app.dropped]).toEqual(isKept ? [['a'], []] : [[], ['a']]);
});

test('a fetch handler returns a promise, and rejects with what it threw', async () => {
  const app = makeApp();
  const response = new Response();
  const returned = withEvents(app.bus, () => response)();
  expect(returned).toBeInstanceOf(Promise);
  expect(await returned).toBe(response);
  const error = new Error('wrong');
  await expect(withEvents(app.bus, throws(error) as () => Response)()).rejects.toBe(error);
  const wrapped = withEvents(app.bus, () => response, { context: throws(error) });
  await expect(wrapped()).rejects.toBe(error);
});

test('with inline(), the listeners of a fetch handler have run when its response is there', async () => {
  const app = makeApp();
  const handler = withEvents(
    app.bus,
    (_request: Request) => {
      app.note('a');
      return new Response();
    },
    { defer: inline(), path: 'GET /', context: ({ method }) => ({ user: `by ${method}` }) },
  );
  await handler(request());
  expect(app.handled).toEqual(['a by GET GET /']);
});

test('a body that is streamed has succeeded when it is returned, and its own events are flushed at once', async () => {
  const app = makeApp();
  const handler = withEvents(app.bus, async (_request: Request) => {
    app.note('early');
    const body = new ReadableStream({
      async start(controller) {
        await later();
        app.note('late');
        controller.error(new Error('broken'));
      },
    });
    return new Response(body);
  });
  await expect((await handler(request())).text()).rejects.toThrow('broken');
  await app.end();
  expect([app.handled.sort(), app.dropped]).toEqual([['early', 'late'], []]);
});

test('a wrapped function has the name and the length of the function, and gets its this and arguments', async () => {
  const { bus } = makeApp();
  const errors = withEvents(
    bus,
    function onError(_error: Error, _req: Req, _res: Res, _next: NextFunction) {},
  );
  expect([errors.name, errors.length]).toEqual(['onError', 4]);
  const counter = {
    factor: 3,
    multiply: withEvents(bus, async function multiply(this: { factor: number }, a: number, b: number) {
      return a * b * this.factor;
    }),
  };
  expect([counter.multiply.length, await counter.multiply(2, 7)]).toEqual([2, 42]);
});

test.for([
  [() => withEvents({} as never, () => {}), /withEvents takes a bus first, as e.bus makes it, not an object/],
  [() => withEvents(makeApp().bus, 'GET' as never), /withEvents takes a function after the bus, not "GET"/],
  [() => withEvents(makeApp().bus, () => {}, { name: 'a' } as never), /no option "name".*path/],
  [() => withEvents(makeApp().bus, () => {}, { defer: 'auto' } as never), /defer/],
] as const)('bad arguments are refused: %#', ([make, message]) => {
  expect(make).toThrow(
    expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringMatching(message) }),
  );
});
