import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
import { defineEvents, initEvents, unchecked } from 'trpc-events';
import { createInspector, type InspectorOptions } from 'trpc-events/inspector';
import { sqsConsumer, sqsForwarder } from 'trpc-events/sqs';
import { start } from '../../servers/start.ts';
import { SqsServer } from '../../servers/sqs.ts';
import { Gate } from './gate.ts';

const moment = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const catalog = defineEvents({
  'user.created': z.object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    password: z.string().optional(),
    plan: z.enum(['free', 'team']).optional(),
  }),
  'mail.sent': z.object({ to: z.string() }),
  'order.placed': z.object({
    id: z.string(),
    lines: z.array(z.object({ sku: z.string(), price: z.number() })),
  }),
  'order.shipped': z.object({ id: z.string() }),
  'payment.due': z.object({ order: z.string(), cents: z.int().min(1) }),
  'feedback.sent': z.object({ text: z.string() }),
  'report.wanted': z.object({ month: z.string() }),
  'job.noticed': z.object({ n: z.number() }),
  'call.missed': z.object({ from: z.string() }),
  'anything.seen': unchecked<unknown>(),
});
const e = initEvents.create(catalog);

let started = 0;

/**
 * Starts a shop on a real tRPC server, with a worker behind a queue, like an application's. Each procedure leads to
 * different marks in the inspector, and the gates hold listeners and calls while a test looks at them.
 */
export async function startApp(options: InspectorOptions = {}) {
  const n = ++started;
  const sqs = await SqsServer.start();
  const queue = sqs.createQueue('orders');
  const gates = { report: new Gate(), payment: new Gate(), answer: new Gate() };

  const inspector = createInspector({ process: `web ${n}`, ...options });
  const handlers = e
    .router()
    .on('user.*', () => {}, { name: 'writeJournal' })
    .on(
      'user.created',
      async ({ event, ctx }) => {
        await moment(80);
        if (event.payload.name === 'Eve') throw new Error('The mail server has refused eve@example.com.');
        ctx.dispatch('mail.sent', { to: event.payload.email });
      },
      { name: 'sendWelcomeMail' },
    )
    .on('mail.sent', () => {}, { name: 'countMail' })
    .on('payment.due', () => gates.payment.attempt(), {
      name: 'chargeCard',
      retry: { attempts: 3, minDelay: 300, factor: 1, jitter: 0 },
    })
    .on(
      'call.missed',
      () => {
        throw new Error('Nobody picks up.');
      },
      { name: 'callBack', retry: { attempts: 2, minDelay: 4000, jitter: 0 } },
    )
    .on('report.wanted', () => gates.report.pass(), { name: 'writeReport', concurrency: 1 })
    .on(['job.noticed', 'anything.seen'], () => {})
    .on('order.*', () => {}, { name: 'reserveStock' });
  const forwarder = sqsForwarder({
    name: 'orders',
    events: 'order.placed',
    queueUrl: queue.url,
    client: sqs.client(),
    local: true,
  });
  const bus = e.bus({
    handlers: [handlers, forwarder],
    observers: [inspector],
    onError: () => {},
    unhandled: 'ignore',
    meta: () => ({ tenant: 'acme' }),
  });

  const t = initTRPC.create();
  const procedure = t.procedure.use(bus.middleware());
  const router = t.router({
    users: t.router({
      list: procedure.query(() => ['Ada']),
      signUp: procedure.input(z.object({ name: z.string() })).mutation(({ input: { name }, ctx }) => {
        const id = `user-${1000 + name.length}`;
        ctx.dispatch('user.created', {
          id,
          email: `${name.toLowerCase()}@example.com`,
          name,
          password: 'hunter2',
        });
        if (name === 'Bob') throw new TRPCError({ code: 'CONFLICT', message: 'This name is taken.' });
        return id;
      }),
    }),
    orders: t.router({
      place: procedure.input(z.object({ id: z.string() })).mutation(({ input: { id }, ctx }) => {
        const lines = Array.from({ length: 3 }, (_, i) => ({ sku: `sku-${i}`, price: 9.5 * (i + 1) }));
        ctx.dispatch('order.placed', { id, lines });
      }),
      retried: procedure.mutation(({ ctx }) => {
        ctx.dispatch('call.missed', { from: 'ada' });
      }),
      pay: procedure.input(z.object({ id: z.string() })).mutation(({ input: { id }, ctx }) => {
        ctx.dispatch('payment.due', { order: id, cents: 950 });
      }),
    }),
    feedback: t.router({
      send: procedure.input(z.string()).mutation(({ input, ctx }) => {
        ctx.dispatch('feedback.sent', { text: input });
      }),
    }),
    reports: t.router({
      order: procedure.mutation(({ ctx }) => {
        ctx.dispatch('report.wanted', { month: '2026-11' });
      }),
      late: procedure.mutation(({ ctx }) => {
        setTimeout(() => ctx.dispatch('job.noticed', { n: 1 }), 60);
      }),
    }),
    jobs: t.router({
      /** Answers when its gate is open. */
      held: procedure.mutation(async ({ ctx }) => {
        ctx.dispatch('job.noticed', { n: 1 });
        await gates.answer.pass();
      }),
      many: procedure.input(z.number()).mutation(({ input, ctx }) => {
        for (let i = 0; i < input; i++) ctx.dispatch('job.noticed', { n: i });
      }),
      seen: procedure.input(z.unknown()).mutation(({ input, ctx }) => {
        ctx.dispatch('anything.seen', input);
      }),
      count: procedure.subscription(async function* ({ ctx }) {
        for (let i = 0; i < 3; i++) {
          ctx.dispatch('job.noticed', { n: i });
          yield i;
          await moment(20);
        }
      }),
    }),
  });
  const web = await start('standalone', router);
  const server = await inspector.listen({ port: 0 });

  /** Starts a worker on the queue. It runs in this process, but the inspector sees it as another one. */
  const startWorker = async (process = `worker ${n}`) => {
    const worker = createInspector({ process, forwardTo: server.url });
    const handlers = e.router().on('order.placed', () => moment(20), { name: 'ship' });
    const bus = e.bus({ handlers: [handlers], observers: [worker], onError: () => {} });
    const consumer = sqsConsumer(bus, { queueUrl: queue.url, client: sqs.client(), waitTimeSeconds: 1 });
    await consumer.start();
    return {
      bus,
      async [Symbol.asyncDispose]() {
        await consumer.stop();
        await bus.close();
      },
    };
  };

  return {
    inspector,
    bus,
    gates,
    server,
    url: server.url,
    clients: web,
    client: web.client('httpLink'),
    startWorker,
    async [Symbol.asyncDispose]() {
      gates.report.open();
      gates.payment.open();
      gates.answer.open();
      await moment(100); // lets late events be dispatched
      await web[Symbol.asyncDispose]();
      await bus.close();
      await server.close();
      await sqs[Symbol.asyncDispose]();
    },
  };
}
export type App = Awaited<ReturnType<typeof startApp>>;
