import { EventEmitter } from 'node:events';
import { randomUUID } from 'node:crypto';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { defineEvents, initEvents, type EventObserver } from '../src/index.ts';
import type { Case } from './ab.ts';

/** The payload of all benchmarks in this process. */
export const payload = z.object({
  userId: z.string(),
  email: z.string(),
  plan: z.enum(['free', 'pro', 'team']),
  seats: z.number(),
  trial: z.boolean(),
});
export const data = { userId: 'u', email: 'a@b.co', plan: 'pro', seats: 1, trial: true } as const;
const catalog = defineEvents({ 'user.created': payload, 'user.updated': payload, 'order.created': payload });
const t = initTRPC.context<{ user: { id: number }; res?: Response }>().create();

const nothing = () => {};
const runs = (_: unknown, run: () => Promise<unknown>) => void run();
/** An observer with each hook that a call reaches, as a tracer has. */
export const ALL_HOOKS: EventObserver = {
  name: 'all hooks',
  scopeOpened: nothing,
  scopeSettled: nothing,
  responseSent: nothing,
  dispatched: () => ({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }),
  discarded: nothing,
  unhandled: nothing,
  backedOff: nothing,
  deadLettered: nothing,
  errored: nothing,
  wrapFlush: runs,
  wrapAttempt: runs,
};

/** The number of calls in a row before a turn of the event loop, so that the time includes what the calls left behind. */
const CALLS = 64;

/** A procedure without a middleware. */
export function bare(): Case {
  return calls(
    'without a middleware',
    t.procedure.mutation(() => 1),
  );
}

/** A procedure and a middleware that do nothing, to measure what tRPC itself costs. */
export function noop(path?: { onClose?: boolean }): Case {
  return calls(
    'a no-op middleware',
    t.procedure
      .use(async ({ next }) => {
        const result = await next({ ctx: { dispatch() {} } });
        return result;
      })
      .mutation(() => 1),
    path,
  );
}

/** A call that dispatches to `listeners` that match, among `others` that do not. */
export function events(
  name: string,
  {
    events,
    listeners,
    others = 0,
    onClose = false,
    observers = [],
  }: {
    events: number;
    listeners: number;
    others?: number;
    onClose?: boolean;
    observers?: readonly EventObserver[];
  },
): Case {
  const many: Record<string, typeof payload> = {};
  for (let i = 0; i < others; i++) many[`other.e${i}`] = payload;
  const e = initEvents.create(defineEvents({ ...catalog.shape, ...many }));
  const router = e.router();
  for (let i = 0; i < listeners; i++) {
    // Each listener is its own function, as in an application, because a shared one would be inlined.
    // oxlint-disable-next-line typescript/no-implied-eval -- a literal in a loop would be one function to the compiler
    const listener = new Function('return async function listener() {}')() as () => Promise<void>;
    router.on(i % 2 === 0 ? 'user.created' : 'user.*', listener);
  }
  for (let i = 0; i < others; i++) router.on(i % 2 === 0 ? `other.e${i}` : `other.e${i}*`, async () => {});
  const bus = e.bus({ handlers: [router], unhandled: 'ignore', observers });
  const procedure = t.procedure.use(bus.middleware()).mutation(({ ctx }) => {
    for (let i = 0; i < events; i++) ctx.dispatch('user.created', data);
    return 1;
  });
  return calls(name, procedure, { onClose });
}

/** A response as the strategies see it. A real server's noise would hide what it costs to wait for the close. */
class Response extends EventEmitter {
  writableEnded = false;
  closed = false;

  close(): void {
    this.writableEnded = true;
    this.closed = true;
    this.emit('close');
  }
}

/** Makes a case. With `onClose`, each call has a response of its own, which closes after the call. */
function calls(
  name: string,
  procedure: ReturnType<typeof t.procedure.mutation<number>>,
  { onClose = false }: { onClose?: boolean } = {},
): Case {
  const makeCaller = t.createCallerFactory(t.router({ procedure }));
  const caller = makeCaller({ user: { id: 1 } });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const run = async () => {
    for (let i = 0; i < CALLS; i++) await caller.procedure();
    await turn();
  };
  const runOnClose = async () => {
    for (let i = 0; i < CALLS; i++) {
      const res = new Response();
      await makeCaller({ user: { id: 1 }, res }).procedure();
      res.close();
    }
    // A flush on close starts one turn later.
    await turn();
    await turn();
  };
  return { name, per: CALLS, run: onClose ? runOnClose : run };
}

/** The work of a dispatch, written by hand: parse, a frozen copy, an id, the clock, an emitter. */
export function byHand(): Case {
  const emitter = new EventEmitter();
  let seen = 0;
  emitter.on('user.created', () => seen++);
  const run = async () => {
    for (let i = 0; i < CALLS; i++) {
      const parsed = Object.freeze({ ...payload.parse(data) });
      emitter.emit(
        'user.created',
        Object.freeze({ id: randomUUID(), name: 'user.created', payload: parsed, time: new Date() }),
      );
    }
  };
  return { name: 'by hand', per: CALLS, run };
}

/** A dispatch on its own, into a scope that throws its events away. */
export function dispatch(): Case {
  const e = initEvents.create(catalog);
  const bus = e.bus({ handlers: [], unhandled: 'ignore' });
  const discarded = new Error('discarded');
  const run = async () => {
    const scope = bus.scope(({ dispatch }) => {
      for (let i = 0; i < CALLS; i++) dispatch('user.created', data);
      throw discarded;
    });
    await scope.catch(() => {});
  };
  return { name: 'dispatch', per: CALLS, run };
}
