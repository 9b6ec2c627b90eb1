/** Tests an OpenTelemetry observer next to a user's own one. Neither may change what the other sees. */
import { expect, it } from 'vitest';
import type { EventObserver, Outcome, RunStep } from '../../src/index.ts';
import { openTelemetry } from '../../src/otel/index.ts';
import { collector, e } from '../core/shop.ts';
import { request, useSdk } from './stage.ts';
import { turn } from '../setup/async.ts';

useSdk();
const HOOKS = [
  'attached',
  'dispatched',
  'discarded',
  'backedOff',
  'deadLettered',
  'refused',
  'wrapAttempt',
  'wrapSend',
  'wrapDelivery',
];

it('The observer has only the hooks that it needs, so that calls pay for no others.', () => {
  expect(Object.keys(openTelemetry()).sort()).toEqual([...HOOKS, 'name'].sort());
});

/** Makes a user's own observer that has every hook, and logs every call. */
function recorder() {
  const log: string[] = [];
  const wrap = async (what: string, run: RunStep) => {
    log.push(`${what} begins`);
    const outcome: Outcome = await run();
    log.push(`${what} ends ${outcome.ok ? 'well' : String(outcome.error)}`);
  };
  const observer: Required<EventObserver> = {
    name: 'recorder',
    attached: () => void log.push('attached'),
    scopeOpened: ({ kind }) => void log.push(`opened ${kind}`),
    scopeSettled: ({ kind }, { ok }) => void log.push(`settled ${kind} ${ok}`),
    responseSent: () => void log.push('sent'),
    responseUnknown: ({ kind }) => void log.push(`no response ${kind}`),
    dispatched: ({ name }) => void log.push(`dispatched ${name}`),
    discarded: ({ name }, { reason }) => void log.push(`discarded ${name} ${reason}`),
    unhandled: ({ name }) => void log.push(`unhandled ${name}`),
    backedOff: ({ listener, attempt }) => void log.push(`backed off ${listener} ${attempt}`),
    deadLettered: ({ listener, reason }) => void log.push(`dead letter ${listener} ${reason}`),
    refused: ({ code }) => void log.push(`refused ${code}`),
    errored: ({ code }) => void log.push(`errored ${code}`),
    wrapFlush: ({ origin, events }, run) => wrap(`flush ${origin} of ${events.length}`, run),
    wrapAttempt: ({ listener, attempt }, run) => wrap(`attempt ${attempt} of ${listener}`, run),
    wrapSend: ({ destination }, run) => wrap(`send ${destination}`, run),
    wrapDelivery: ({ event }, run) => wrap(`delivery ${event.id}`, run),
  };
  return { observer, log };
}

/** Runs one of everything, and returns what the recorder has seen, and the events that listeners got. */
async function everything(others: (recorder: EventObserver) => readonly EventObserver[]) {
  const { observer, log } = recorder();
  const seen = collector({ events: 'cat.*' });
  const router = e.router();
  let failures = 1;
  router.on(
    'user.created',
    async ({ ctx }) => {
      await turn();
      if (failures-- > 0) throw new Error('boom');
      ctx.dispatch('cat.spotted', 'chained');
    },
    { name: 'mail', retry: { attempts: 2, minDelay: 0 } },
  );
  router.on('user.deleted', () => Promise.reject(new Error('boom')), { name: 'forget' });
  const queue = {
    name: 'queue',
    remote: true,
    local: true,
    events: 'cat.*',
    handle: (event: never, { send }: { send: Function }) =>
      send({ system: 'nats', destination: 'cats', events: [event] }, turn),
  } as const;
  const bus = e.bus({
    handlers: [seen.handler, router, queue],
    observers: others(observer),
    unhandled: 'ignore',
    onError: () => {},
  });
  await request(async () => {
    await bus.scope(({ dispatch }) => {
      dispatch('user.created', { id: '1' });
      dispatch('cache.cleared');
      dispatch('user.deleted', { id: '1' }, { when: 'failure' });
    });
  });
  await bus.drain();
  await bus.publish('user.deleted', { id: '1' });
  await bus.deliver({ id: 'cat 1', name: 'cat.spotted', payload: 'Tom', time: new Date(0) });
  await bus.deliver({ id: 'dog', name: 'dog.spotted', time: new Date(0) }).catch(() => {});
  await bus.close();
  const payloads = seen.events.map(({ name, payload, meta, depth }) => ({ name, payload, meta, depth }));
  return { log, payloads };
}

it('A second observer sees the same, in the same order, inside and outside of it.', async () => {
  const alone = await everything((recorder) => [recorder]);
  expect(alone.log).toContain('send cats begins');
  expect(alone.log).toContain('refused UNKNOWN_EVENT');
  expect(await everything((recorder) => [openTelemetry(), recorder])).toEqual(alone);
  expect(await everything((recorder) => [recorder, openTelemetry()])).toEqual(alone);
});
