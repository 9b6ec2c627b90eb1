/** Two useful observers that need only the public interface, which is enough for tracing and for a test recorder. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, it } from 'vitest';
import type {
  AnyEvent,
  CoreBus,
  AnyApp,
  EventObserver,
  HandleManyOptions,
  RunStep,
} from '../../../src/index.ts';
import { e } from '../shop.ts';
import { turn } from '../../setup/async.ts';

interface Span {
  readonly id: number;
  readonly name: string;
  readonly parent: number | undefined;
  readonly links: number[];
  status: string;
}

/** Makes a tracer with spans of dispatches, flushes, attempts and deliveries. The context travels on the event. */
function createTracer(firstId = 1) {
  const spans: Span[] = [];
  const active = new AsyncLocalStorage<Span>();
  const start = (name: string, parent = active.getStore()?.id, links: number[] = []): Span => {
    const span: Span = { id: firstId + spans.length, name, parent, links, status: 'open' };
    spans.push(span);
    return span;
  };
  const spanOf = ({ traceparent }: { traceparent?: string | undefined }) =>
    traceparent === undefined ? undefined : Number(traceparent.split('-')[2]);
  const during = async (span: Span, run: RunStep) => {
    const outcome = await active.run(span, run);
    span.status = outcome.ok ? 'ok' : String(outcome.error);
  };
  const observer: EventObserver = {
    name: 'tracer',
    dispatched(event) {
      const span = start(`create ${event.name}`);
      span.status = 'ok';
      return { traceparent: `00-trace-${span.id}-01` };
    },
    wrapFlush: ({ events }, run) =>
      during(
        start(
          'flush',
          undefined,
          events.map((event) => spanOf(event)!),
        ),
        run,
      ),
    wrapAttempt: ({ listener, event }, run) => during(start(`process ${listener}`, spanOf(event)), run),
    wrapDelivery: ({ event }, run) => during(start(`receive ${event.name}`, spanOf(event)), run),
  };
  const tree = (parent?: number): unknown[] =>
    spans
      .filter((span) => span.parent === parent && span.name !== 'flush')
      .map(({ id, name, status }) => {
        const below = tree(id);
        const text = status === 'ok' ? name : `${name}: ${status}`;
        return below.length > 0 ? { [text]: below } : text;
      });
  return { observer, spans, tree, start, active };
}

it('A tracer connects a request, its dispatches, the attempts, and the events that they chain.', async () => {
  const { observer, tree, start, active, spans } = createTracer();
  const router = e.router();
  router.on(
    'user.created',
    async ({ ctx }) => {
      await turn();
      ctx.dispatch('cache.cleared');
    },
    { name: 'clear' },
  );
  router.on('user.created', () => Promise.reject(new Error('no mail')), { name: 'mail' });
  router.on('cache.cleared', () => {}, { name: 'log' });
  const bus = e.bus({ handlers: [router], observers: [observer], onError: () => {} });
  const request = start('POST /user.create');
  await active.run(request, () =>
    bus.scope(async ({ dispatch }) => {
      dispatch('user.created', { id: '1' });
      await turn();
      dispatch('user.created', { id: '2' });
    }),
  );
  await bus.drain();
  request.status = 'ok';
  const clear = { 'process clear': [{ 'create cache.cleared': ['process log'] }] };
  const mail = 'process mail: Error: no mail';
  // The second event reaches `mail` before `clear` is done with the first event.
  expect(tree()).toEqual([
    {
      'POST /user.create': [
        { 'create user.created': [clear, mail] },
        { 'create user.created': [mail, clear] },
      ],
    },
  ]);
  const flushes = spans.filter(({ name }) => name === 'flush');
  expect(flushes.map(({ links, status }) => [links.length, status])).toEqual([
    [2, expect.stringContaining('Error: no mail')],
    [1, 'ok'],
    [1, 'ok'],
  ]);
});

it('A trace goes on in another process, because its context travels on the event.', async () => {
  const sender = createTracer();
  const sending = e.bus({ handlers: [], observers: [sender.observer], unhandled: 'ignore' });
  const { event } = await sending.publish('user.created', { id: '1' });
  expect(event.traceparent).toBe('00-trace-1-01');

  const receiver = createTracer(100);
  const router = e.router().on('user.created', ({ ctx }) => ctx.dispatch('cache.cleared'), { name: 'clear' });
  const receiving = e.bus({ handlers: [router], observers: [receiver.observer], unhandled: 'ignore' });
  await receiving.deliver(JSON.parse(JSON.stringify(event)));
  expect(receiver.tree(1)).toEqual(['receive user.created', { 'process clear': ['create cache.cleared'] }]);
});

/** Records what became of each event of a bus. */
function record(bus: CoreBus<AnyApp>) {
  const kinds = { dispatched: [], handled: [], failed: [], discarded: [], unhandled: [] };
  const lists: Record<keyof typeof kinds, AnyEvent[]> = kinds;
  const undo = bus.observe({
    name: 'record',
    dispatched: (event) => void lists.dispatched.push(event),
    discarded: (event) => void lists.discarded.push(event),
    unhandled: (event) => void lists.unhandled.push(event),
    async wrapAttempt({ events }, run) {
      const { ok } = await run();
      lists[ok ? 'handled' : 'failed'].push(...events);
    },
  });
  return { lists, [Symbol.dispose]: undo };
}

it('A recorder tells what was dispatched, handled, failed, discarded and unhandled.', async () => {
  const router = e.router();
  router.on('user.*', ({ event }) => {
    if (event.name === 'user.deleted') throw new Error('no');
  });
  await using bus = e.bus({ handlers: [router], unhandled: 'ignore', onError: () => {} });
  const counts = (lists: Record<string, readonly AnyEvent[]>) =>
    Object.fromEntries(Object.entries(lists).map(([kind, events]) => [kind, events.map(({ name }) => name)]));
  using recorded = record(bus);
  await bus.scope(({ dispatch }) => {
    dispatch('user.created', { id: '1' });
    dispatch('user.deleted', { id: '1' });
    dispatch('cache.cleared');
    dispatch('cat.spotted', 1, { when: 'failure' });
  });
  expect(counts(recorded.lists)).toEqual({
    dispatched: ['user.created', 'user.deleted', 'cache.cleared', 'cat.spotted'],
    handled: ['user.created'],
    failed: ['user.deleted'],
    discarded: ['cat.spotted'],
    unhandled: ['cache.cleared'],
  });
});

it('From its flush on, an event is one object: to the hooks, to handlers, and to a call to a broker.', async () => {
  const seen = new Map<string, AnyEvent[]>();
  const see = (where: string, events: readonly AnyEvent[]) => seen.set(where, [...events]);
  const observer: EventObserver = {
    name: 'objects',
    dispatched(event) {
      see('dispatched', [event]);
      return { traceparent: 'a copy' };
    },
    wrapDelivery: ({ event }, run) => (see('delivery', [event]), void run()),
    wrapFlush: ({ events }, run) => (see('flush', events), void run()),
    wrapAttempt: ({ listener, events }, run) => (see(listener, events), void run()),
    wrapSend: ({ events }, run) => (see('send', events), void run()),
  };
  const bus = e.bus({
    handlers: [
      e.router().on('cat.spotted', ({ event }) => void see('in the listener', [event]), { name: 'listener' }),
      {
        name: 'forwarder',
        remote: true,
        local: true,
        handleMany: (events: readonly AnyEvent[], { send }: HandleManyOptions) =>
          send({ system: 'nats', destination: 'cats', events }, () => see('in the forwarder', events)),
      },
    ],
    observers: [observer],
  });
  await bus.scope(({ dispatch }) => [1, 2].forEach((cat) => dispatch('cat.spotted', cat)));
  await bus.drain();
  const [first, second] = seen.get('flush')!;
  for (const where of ['forwarder', 'in the forwarder', 'send']) {
    expect(seen.get(where)![0]).toBe(first);
    expect(seen.get(where)![1]).toBe(second);
  }
  for (const where of ['listener', 'in the listener']) expect(seen.get(where)![0]).toBe(second);
  expect(seen.get('dispatched')![0]).not.toBe(second);
  await bus.deliver({ id: '1', name: 'cat.spotted', time: new Date(0) });
  const [delivered] = seen.get('delivery')!;
  for (const where of ['flush', 'listener', 'in the listener']) expect(seen.get(where)![0]).toBe(delivered);
});
