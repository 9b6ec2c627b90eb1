import { getEventListeners } from 'node:events';
import { expect, it, vi } from 'vitest';
import type { DeadLetter } from '../../../src/index.ts';
import { e, rejectionOf } from '../shop.ts';
import { useClock } from './clock.ts';
import { gate } from '../../setup/async.ts';

const message = (id: string) => ({ id, name: 'user.created', payload: { id }, time: new Date() });

/** Makes a bus whose listener has one slot, and works until `open` is called. */
function busy() {
  const { promise, open } = gate();
  const letters: DeadLetter[] = [];
  const seen: string[] = [];
  const router = e.router();
  router.on(
    'user.created',
    ({ event }) => {
      seen.push(event.payload.id);
      return promise;
    },
    { name: 'mail', concurrency: 1 },
  );
  const bus = e.bus({ handlers: [router], onError: () => {}, deadLetter: (letter) => letters.push(letter) });
  return { bus, letters, seen, open };
}

it('A delivered event is not retried after its signal aborts, and its wait leaves nothing behind.', async () => {
  const clock = useClock();
  const letters: DeadLetter[] = [];
  const listener = vi.fn(() => Promise.reject(new Error('no')));
  const router = e.router();
  router.on('user.created', listener, { name: 'mail', retry: { attempts: 9, minDelay: 60_000 } });
  const bus = e.bus({ handlers: [router], onError: () => {}, deadLetter: (letter) => letters.push(letter) });
  const stop = new AbortController();
  const delivered = bus.deliver(message('1'), { signal: stop.signal });
  await clock.pass(0);
  stop.abort();
  const { failures } = await delivered;
  expect(failures[0]!.error.message).toContain('its delivery was aborted');
  expect(listener).toHaveBeenCalledTimes(1);
  expect(letters).toMatchObject([{ reason: 'aborted', attempts: 1 }]);
  expect([vi.getTimerCount(), getEventListeners(stop.signal, 'abort').length]).toEqual([0, 0]);
});

it('A wait that came to its end leaves no listener on the signal of its delivery.', async () => {
  const { bus, open } = busy();
  const { signal } = new AbortController();
  const done = Promise.all(['1', '2'].map((id) => bus.deliver(message(id), { signal })));
  open();
  await done;
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it.each(['before', 'after'])(
  'A wait for a slot ends if its signal aborts %s the wait begins, and fails with the reason of the signal.',
  async (when) => {
    const { bus, letters, seen, open } = busy();
    const first = bus.publish('user.created', { id: '1' });
    const stop = new AbortController();
    const reason = new Error('the worker stops');
    if (when === 'before') stop.abort(reason);
    const delivered = bus.deliver(message('2'), { signal: stop.signal });
    const last = bus.publish('user.created', { id: '3' });
    if (when === 'after') stop.abort(reason);
    expect((await delivered).failures).toMatchObject([
      {
        error: {
          cause: reason,
          message:
            'The listener "mail" failed on "user.created": Error: the worker stops (no other attempt: its delivery was aborted)',
        },
      },
    ]);
    expect(letters).toMatchObject([{ reason: 'aborted', attempts: 0 }]);
    open();
    await Promise.all([first, last]);
    expect(seen).toEqual(['1', '3']);
  },
);

it('A delivery that is aborted before it begins takes no slot from others.', async () => {
  const { bus, seen, open } = busy();
  await bus.deliver(message('1'), { signal: AbortSignal.abort() });
  open();
  await bus.publish('user.created', { id: '2' });
  expect(seen).toEqual(['2']);
});

it('A signal that only looks like one is refused, because it cannot be combined with a timeout.', async () => {
  const { bus } = busy();
  const signal = Object.assign(new EventTarget(), { aborted: false }) as AbortSignal;
  expect(await rejectionOf(bus.deliver(message('1'), { signal }))).toMatchObject({
    code: 'BAD_OPTION',
    message: 'bus.deliver: signal must be an AbortSignal, not an object.',
  });
});
