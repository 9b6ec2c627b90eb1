// These types come from an inner module, because the main entry of Next declares NODE_ENV for all other files too.
import type { NextApiHandler, NextApiRequest, NextApiResponse } from 'next/dist/shared/lib/utils.js';
import { redirect } from 'next/navigation.js';
import type { NextRequest, NextResponse } from 'next/server.js';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, inline } from '../../src/index.ts';
import { nextAfter, withEvents } from '../../src/next/index.ts';

const catalog = defineEvents({ 'user.created': z.object({ id: z.string() }) });
const e = initEvents.context<{ user: string }>().create(catalog);
const bus = e.bus({ handlers: [] });

const strict = initEvents
  .context<{ user: string }>()
  .meta(z.object({ tenant: z.string(), at: z.number().default(0) }))
  .create(catalog);
const strictBus = strict.bus({ handlers: [], meta: ({ ctx }) => ({ tenant: ctx.user }) });

test('a route handler keeps its signature', () => {
  const handler = async (request: NextRequest, { params }: { params: Promise<{ id: string }> }) => {
    e.dispatch('user.created', await params);
    return Response.json(request.nextUrl.href);
  };
  expectTypeOf(withEvents(bus, handler)).toEqualTypeOf<typeof handler>();
});

test('a server action, and one with state, keep their signatures', () => {
  const action = async (form: FormData): Promise<void> =>
    e.dispatch('user.created', { id: [...form.keys()].join() });
  expectTypeOf(withEvents(bus, action)).toEqualTypeOf<(form: FormData) => Promise<void>>();
  const withState = withEvents(bus, async (state: { n: number }, form: FormData) => ({
    n: state.n + [...form.keys()].length,
  }));
  expectTypeOf(withState).toEqualTypeOf<(state: { n: number }, form: FormData) => Promise<{ n: number }>>();
});

test('a function of pages/api keeps the type that Next expects', () => {
  const handler = withEvents(bus, async (req: NextApiRequest, res: NextApiResponse<{ ok: boolean }>) => {
    res.status(200).json({ ok: req.method === 'POST' });
    // @ts-expect-error the body has another type
    res.json({ ok: 1 });
  });
  expectTypeOf(handler).toExtend<NextApiHandler<{ ok: boolean }>>();
});

test('a generic function stays generic', async () => {
  const first = withEvents(bus, async <V>(values: readonly V[]): Promise<V | undefined> => values[0]);
  expectTypeOf(await first(['a'])).toEqualTypeOf<string | undefined>();
  expectTypeOf(await first([1])).toEqualTypeOf<number | undefined>();
});

test('a function that returns no promise gets one', () => {
  const add = withEvents(bus, (a: number, b?: string) => a + Number(b));
  expectTypeOf(add).toEqualTypeOf<(a: number, b?: string) => Promise<number>>();
  expectTypeOf(withEvents(bus, () => {})).toEqualTypeOf<() => Promise<void>>();
  const either = withEvents(bus, (request: Request): NextResponse | Promise<Response> => request as never);
  expectTypeOf(either).toEqualTypeOf<(request: Request) => Promise<NextResponse | Response>>();
});

test('a function that always redirects returns a promise, as all do', () => {
  const leave = withEvents(bus, (_form: FormData) => redirect('/'));
  expectTypeOf(leave).toEqualTypeOf<(form: FormData) => Promise<never>>();
  const leaveLater = withEvents(bus, async () => redirect('/'));
  expectTypeOf(leaveLater).toEqualTypeOf<() => Promise<never>>();
});

test('a function that returns any keeps its signature', () => {
  const parse = withEvents(bus, (text: string): any => JSON.parse(text));
  expectTypeOf(parse).toEqualTypeOf<(text: string) => any>();
});

test('context takes the arguments of the function, and returns what listeners need', () => {
  const handler = async (request: NextRequest, ctx: { params: Promise<{ id: string }> }) =>
    Response.json([request.url, await ctx.params]);
  withEvents(bus, handler, {
    path: 'POST /api/users',
    defer: nextAfter(),
    context: async (request, ctx) => {
      expectTypeOf(request).toEqualTypeOf<NextRequest>();
      expectTypeOf(ctx.params).toEqualTypeOf<Promise<{ id: string }>>();
      return { user: (await ctx.params).id };
    },
  });
  withEvents(bus, handler, { context: () => ({ user: 'ann', more: 1 }), defer: inline() });
  // @ts-expect-error listeners need a user
  withEvents(bus, handler, { context: () => ({ usr: 'ann' }) });
  // @ts-expect-error the user is a string
  withEvents(bus, handler, { context: async () => ({ user: 1 }) });
  // @ts-expect-error the user is missing
  withEvents(bus, handler, { context: () => ({}) });
  // @ts-expect-error there is no user
  withEvents(bus, handler, { context: async () => undefined });
  // @ts-expect-error the function does not take a string
  withEvents(bus, handler, { context: (request: string) => ({ user: request }) });
  // @ts-expect-error `context` is misspelled
  withEvents(bus, handler, { contxt: () => ({ user: 'ann' }) });
});

test('meta is required if the schema requires it and there is no context', () => {
  const handler = async (_request: Request) => Response.json(1);
  withEvents(strictBus, handler, { meta: { tenant: 'a' } });
  withEvents(strictBus, handler, { context: () => ({ user: 'ann' }) });
  withEvents(strictBus, handler, { context: () => ({ user: 'ann' }), meta: { tenant: 'a', at: 1 } });
  // @ts-expect-error neither meta nor context is given
  withEvents(strictBus, handler);
  // @ts-expect-error neither meta nor context is given
  withEvents(strictBus, handler, { path: 'a' });
  // @ts-expect-error the tenant is missing
  withEvents(strictBus, handler, { meta: {} });
  // @ts-expect-error the tenant is a string
  withEvents(strictBus, handler, { context: () => ({ user: 'ann' }), meta: { tenant: 1 } });
});

test('an argument that is not a bus or not a function is refused', () => {
  // @ts-expect-error a builder is not a bus
  withEvents(e, async () => {});
  // @ts-expect-error a string is not a function
  withEvents(bus, 'POST');
});
