/** Provokes an error of each code, as an application would. */
import { SQSClient } from '@aws-sdk/client-sqs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import {
  type AnyEvent,
  defineEvents,
  type EventsError,
  type EventsErrorCode,
  initEvents,
  noRetry,
  waitUntil,
  withEvents,
} from '../../src/index.ts';
import { Connection } from '../../src/queue/connection.ts';
import { sqsForwarder } from '../../src/sqs/index.ts';
import { cloudEvents } from '../../src/wire/index.ts';

const catalog = defineEvents({
  'user.created': z.object({ id: z.string(), email: z.email() }),
  'order.placed': z.object({ id: z.string(), total: z.number() }),
});
const e = initEvents.create(catalog);
const id = '7';
const user = { id, email: 'ada@example.org' };

/** Makes a bus whose errors are collected. */
function listening(options: Partial<Parameters<typeof e.bus>[0]> = {}) {
  const errors: EventsError[] = [];
  const bus = e.bus({
    handlers: [],
    unhandled: 'ignore',
    onError: ({ error }) => void errors.push(error),
    ...options,
  });
  return { bus, errors };
}
const listener = (name: string, fn: () => unknown, options: { timeout?: number } = {}) =>
  e.router().on('user.created', fn, { name, ...options });

/** Returns what a function throws, or rejects with. */
async function thrownBy(fn: () => unknown): Promise<EventsError> {
  try {
    await fn();
  } catch (error) {
    return error as EventsError;
  }
  throw new Error('Nothing was thrown.');
}
const failureOf = async (fn: () => unknown, options?: { timeout?: number }): Promise<EventsError> => {
  const { bus } = listening({ handlers: [listener('welcome-mail', fn, options)] });
  return (await bus.publish('user.created', user)).failures[0]!.error;
};

export const PROVOKED: Readonly<Record<EventsErrorCode, () => Promise<EventsError>>> = {
  BAD_CATALOG: () => thrownBy(() => defineEvents({ 'user created': z.void() })),
  BAD_PATTERN: () => thrownBy(() => e.router().on('usr.*' as 'user.*', () => {})),
  BAD_OPTION: () => thrownBy(() => e.bus({ handlers: [], onEror: console.log } as { handlers: [] })),
  NO_SCOPE: () => thrownBy(() => e.dispatch('user.created', user)),
  NO_CONTEXT() {
    const needy = initEvents.context<{ db: object }>().create(catalog);
    const bus = needy.bus({ handlers: [needy.router().on('user.created', () => {})] });
    return thrownBy(() => bus.publish('user.created', user));
  },
  UNKNOWN_EVENT: () => thrownBy(() => listening().bus.publish('user.craeted' as 'user.created', user)),
  INVALID_PAYLOAD: () => thrownBy(() => listening().bus.publish('user.created', { id, email: 'ada' })),
  LIMIT_EXCEEDED() {
    const { bus } = listening({ limits: { perScope: 1000 } });
    return thrownBy(() =>
      bus.scope(({ dispatch }) => {
        for (let n = 0; n <= 1000; n++) dispatch('user.created', user);
      }),
    );
  },
  META_FAILED() {
    const tenants = initEvents.meta(z.object({ tenant: z.string() })).create(catalog);
    const bus = tenants.bus({ handlers: [], meta: () => ({ tenant: 'acme' }) });
    return thrownBy(() => bus.publish('user.created', user, { meta: { tenant: 7 as unknown as string } }));
  },
  LISTENER_FAILED: () => failureOf(() => Promise.reject(new Error('The mail service answered 503'))),
  async HOOK_FAILED() {
    const onDiscard = () => {
      throw new Error('No connection');
    };
    const { bus, errors } = listening({ onDiscard });
    await thrownBy(() =>
      bus.scope(({ dispatch }) => {
        dispatch('user.created', user);
        throw new Error('It fails');
      }),
    );
    return errors[0]!;
  },
  async UNHANDLED() {
    const { bus, errors } = listening({ unhandled: 'error' });
    await bus.publish('user.created', user);
    return errors[0]!;
  },
  async TIMED_OUT() {
    const never = () => new Promise(() => {});
    return (await failureOf(never, { timeout: 10 })).cause as EventsError;
  },
  NOT_RETRIABLE: async () => noRetry(new Error('The address is refused')),
  async CHAIN_TOO_DEEP() {
    const router = e.router();
    const { bus, errors } = listening({ handlers: [router], limits: { depth: 2 } });
    router.on('user.created', ({ ctx }) => ctx.dispatch('user.created', user), { name: 'again' });
    await bus.publish('user.created', user);
    await bus.drain();
    return errors[0]!;
  },
  async LATE_DISPATCH() {
    const { bus, errors } = listening({ defer: waitUntil(() => () => {}) });
    const call = withEvents(bus, async () => {
      setTimeout(() => e.dispatch('user.created', user), 20);
    });
    await call();
    while (errors.length === 0) await sleep(5);
    return errors[0]!;
  },
  async SELF_WAIT() {
    let thrown: EventsError | undefined;
    const { bus } = listening({
      handlers: [listener('welcome-mail', async () => (thrown = await thrownBy(() => bus.drain())))],
    });
    await bus.publish('user.created', user);
    return thrown!;
  },
  async DRAIN_TIMEOUT() {
    const { bus } = listening({ handlers: [listener('welcome-mail', () => new Promise(() => {}))] });
    void bus.publish('user.created', user);
    return thrownBy(() => bus.drain({ timeout: 10 }));
  },
  async CLOSED() {
    const { bus } = listening();
    await bus.close();
    return thrownBy(() => bus.publish('user.created', user));
  },
  DISABLED() {
    const { bus } = listening();
    bus.enabled = false;
    return thrownBy(() => bus.deliver({ id, name: 'user.created', time: new Date(), payload: user }));
  },
  BAD_MESSAGE: () => thrownBy(() => cloudEvents().decode('{"id":"7"}')),
  NOT_SERIALIZABLE() {
    const event = { id, name: 'user.created', payload: { send: () => {} }, time: new Date(), meta: {} };
    return thrownBy(() => cloudEvents().encode(event as unknown as AnyEvent));
  },
  async SEND_FAILED() {
    // Nobody listens on port 9.
    const client = new SQSClient({
      endpoint: 'http://127.0.0.1:9',
      region: 'eu-west-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
      maxAttempts: 1,
    });
    const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders';
    const forwarder = sqsForwarder({ queueUrl, client, retry: { attempts: 1 } });
    const { bus } = listening({ handlers: [forwarder] });
    const { failures } = await bus.publish('order.placed', { id, total: 1 });
    await bus.close();
    client.destroy();
    return failures[0]!.error.cause as EventsError;
  },
  async RECEIVE_FAILED() {
    const { bus, errors } = listening();
    const why = () => 'sqs.eu-west-1.amazonaws.com could not be reached (Error: connect ECONNREFUSED)';
    new Connection(bus, 'sqs/orders', why).sawError(new Error('refused'), true);
    return errors[0]!;
  },
  async RECEIVE_RESUMED() {
    const { bus, errors } = listening();
    const connection = new Connection(bus, 'sqs/orders', String);
    connection.sawError(new Error('refused'), true);
    connection.answered();
    return errors[1]!;
  },
};
