import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { initTRPC, TRPCError } from '@trpc/server';
import { forbidden, notFound, permanentRedirect, redirect, unauthorized } from 'next/navigation.js';
import { expect, test, vi } from 'vitest';
import { withEvents } from '../../src/next/index.ts';
import { serve } from '../servers/start.ts';
import { e, makeBus } from './app.ts';

/** Next's `forbidden()` and `unauthorized()` need this, which the option `experimental.authInterrupts` sets. */
vi.stubEnv('__NEXT_EXPERIMENTAL_AUTH_INTERRUPTS', 'true');

/** Returns true if a call that runs `act` keeps its events. */
async function keeps(act: () => unknown, ...args: unknown[]): Promise<boolean> {
  const { bus, handled, discarded } = makeBus();
  const wrapped = withEvents(bus, (..._args: unknown[]) => {
    e.dispatch('noted', 'a');
    return act();
  });
  await wrapped(...args).catch(() => {});
  await bus.drain();
  expect(handled.length + discarded.length).toBe(1);
  return handled.length === 1;
}
const throws = (value: unknown) => () => {
  throw value;
};
const withDigest = (digest: unknown) => throws(Object.assign(new Error('no'), { digest }));

test.for<[string, () => unknown, boolean]>([
  ['nothing', () => {}, true],
  ['null', () => null, true],
  ['what an action returns, whatever its status is', () => ({ status: 500 }), true],
  ['a response', () => Response.json(1), true],
  ['a response of 399', () => new Response(null, { status: 399 }), true],
  ['a redirecting response', () => Response.redirect('http://localhost/'), true],
  ['a response of 400', () => new Response(null, { status: 400 }), false],
  ['a response of 500', () => new Response(null, { status: 500 }), false],
  ['Response.error()', () => Response.error(), false],
  ['an error', throws(new Error('no')), false],
  ['undefined', throws(undefined), false],
  ['null, thrown', throws(null), false],
  ['a text, thrown', throws('NEXT_REDIRECT;'), false],
  ['a response, thrown', throws(new Response()), false],
  ['redirect()', () => redirect('/a;b'), true],
  ['permanentRedirect()', () => permanentRedirect('/a'), true],
  ['notFound()', () => notFound(), false],
  ['forbidden()', () => forbidden(), false],
  ['unauthorized()', () => unauthorized(), false],
  ['another digest', withDigest('NEXT_REDIRECTED;'), false],
  ['a digest that is no text', withDigest(307), false],
])('a call that ends in %s keeps or drops its events accordingly', async ([_name, act, kept]) => {
  expect(await keeps(act)).toBe(kept);
});

/** Procedures throw these too, because tRPC's `nextAppDirCaller` makes them server actions. */
test.for<[string, () => unknown, boolean]>([
  ['redirect()', () => redirect('/a;b'), true],
  ['notFound()', () => notFound(), false],
  [
    'a digest that throws when it is read',
    throws(Object.defineProperty(new Error('no'), 'digest', { get: throws(1) })),
    false,
  ],
])('a procedure that ends in %s keeps or drops its events accordingly', async ([_name, act, kept]) => {
  const { bus, handled, discarded } = makeBus();
  const t = initTRPC.context<{ user: string }>().create();
  const router = t.router({
    run: t.procedure.use(bus.middleware()).mutation(({ ctx }) => {
      ctx.dispatch('noted', 'a');
      act();
    }),
  });
  await expect(t.createCallerFactory(router)({ user: 'ann' }).run()).rejects.toThrow(TRPCError);
  await bus.close({ timeout: 5000 });
  expect([handled.length, discarded.length]).toEqual(kept ? [1, 0] : [0, 1]);
});

test('a route handler that returns no response has failed, because Next answers with 500', async () => {
  const request = new Request('http://localhost/');
  expect(await keeps(() => {}, request, { params: undefined })).toBe(false);
  expect(await keeps(() => new Response(), request, { params: Promise.resolve({}) })).toBe(true);
  // Other functions that take a request may return nothing.
  expect(await keeps(() => {}, request)).toBe(true);
  expect(await keeps(() => {}, request, { waitUntil: () => {} })).toBe(true);
});

/** Makes an object that throws when one of these keys is read, or looked up by `in`. */
function touchy(...keys: readonly PropertyKey[]): object {
  const untouched = (key: PropertyKey) => {
    if (keys.includes(key)) throw new Error(`touched ${String(key)}`);
    return true;
  };
  return new Proxy<Record<PropertyKey, unknown>>(
    {},
    {
      get: (target, key) => untouched(key) && target[key],
      has: (target, key) => untouched(key) && key in target,
    },
  );
}
function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** The call must end as usual. If it stayed open, `close` would time out. */
test.for<[string, unknown, unknown[]]>([
  ['a result without a tag', touchy(Symbol.toStringTag), []],
  ['a response without a status', Object.assign(touchy('status'), { [Symbol.toStringTag]: 'Response' }), []],
  ['a first argument without a tag', 1, [touchy(Symbol.toStringTag), {}]],
  ['an argument like no response', 1, [1, touchy('writableEnded')]],
  ['an argument like no reply', 1, [1, touchy('raw')]],
  ['parameters that can not be asked for', 1, [new Request('http://localhost/'), touchy('params')]],
])('a result or argument that throws when read changes nothing: %s', async ([_name, result, args]) => {
  const { bus, handled } = makeBus();
  const wrapped = withEvents(bus, (..._args: unknown[]) => {
    e.dispatch('noted', 'a');
    return result;
  });
  expect((await wrapped(...args)) === result).toBe(true);
  await bus.close({ timeout: 5000 });
  expect(handled).toHaveLength(1);
});

test.for<[string, () => object]>([
  ['a digest', () => touchy('digest')],
  ['a proxy that was revoked', revoked],
])('a thrown value that throws when read changes nothing: %s', async ([_name, make]) => {
  const { bus, discarded } = makeBus();
  const thrown = make();
  const wrapped = withEvents(bus, () => {
    e.dispatch('noted', 'a');
    throw thrown;
  });
  const [caught] = await wrapped().catch((error: unknown) => [error]);
  expect(caught === thrown).toBe(true);
  await bus.close({ timeout: 5000 });
  expect(discarded).toEqual(['a']);
});

test('the status that a function of pages/api has written decides about its events', async () => {
  const { bus, handled, discarded } = makeBus();
  const write = withEvents(bus, (request: IncomingMessage, response: ServerResponse) => {
    e.dispatch('noted', request.url!);
    response.statusCode = Number(request.url!.slice(1));
    response.end();
  });
  await using server = await serve(createServer((request, response) => void write(request, response)));
  for (const status of [200, 204, 307, 399, 400, 404, 500]) {
    await (await fetch(`${server.url}/${status}`, { redirect: 'manual' })).text();
  }
  await bus.drain();
  expect(handled.map((note) => note.slice(0, 4))).toEqual(['/200', '/204', '/307', '/399']);
  expect(discarded).toEqual(['/400', '/404', '/500']);
});

test('a function of pages/api that has returned before it answers is judged by that answer', async () => {
  const { bus, handled, discarded } = makeBus();
  const write = withEvents(bus, (request: IncomingMessage, response: ServerResponse) => {
    e.dispatch('noted', request.url!);
    setTimeout(() => response.writeHead(Number(request.url!.slice(1))).end(), 5);
  });
  await using server = await serve(createServer((request, response) => void write(request, response)));
  for (const status of [200, 404, 500]) await (await fetch(`${server.url}/${status}`)).text();
  await bus.close({ timeout: 10_000 });
  expect(handled.map((note) => note.slice(0, 4))).toEqual(['/200']);
  expect(discarded).toEqual(['/404', '/500']);
});
