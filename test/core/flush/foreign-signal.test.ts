import { expect, it } from 'vitest';
import { e } from '../shop.ts';
import { turn } from '../../setup/async.ts';

const message = { id: '1', name: 'cat.spotted', payload: 1, time: new Date(0) };
const refuse = (): never => {
  throw new Error('not a real signal');
};

/** Makes an object that passes the check for an AbortSignal, and whose given members take effect after that. */
function lookAlike(members: Record<string, PropertyDescriptor>): AbortSignal {
  let isChecked = false;
  const real = { aborted: false, addEventListener() {}, removeEventListener() {} };
  const signal = { [Symbol.toStringTag]: 'AbortSignal' };
  for (const [key, value] of Object.entries(real)) {
    const { get = () => value } = members[key] ?? {};
    Object.defineProperty(signal, key, { get: () => (isChecked ? get() : value) });
  }
  Object.defineProperty(signal, 'reason', members['reason'] ?? {});
  queueMicrotask(() => (isChecked = true));
  return signal as unknown as AbortSignal;
}

it.each<[string, Record<string, PropertyDescriptor>]>([
  [
    'whose methods throw',
    { addEventListener: { get: () => refuse }, removeEventListener: { get: () => refuse } },
  ],
  [
    'whose methods reject',
    {
      addEventListener: { get: () => async () => refuse() },
      removeEventListener: { get: () => async () => refuse() },
    },
  ],
  [
    'whose members throw when they are read',
    { aborted: { get: refuse }, addEventListener: { get: refuse }, removeEventListener: { get: refuse } },
  ],
  ['whose reason throws', { aborted: { get: () => true }, reason: { get: refuse } }],
])('A look-alike of a signal %s ends no attempt and no delivery.', async (_, members) => {
  const seen: string[] = [];
  const router = e.router();
  router.on('cat.spotted', ({ signal }) => void seen.push(`plain ${signal instanceof AbortSignal}`));
  router.on(
    'cat.spotted',
    async ({ signal, attempt }) => {
      await turn();
      seen.push(`retried ${signal instanceof AbortSignal}`);
      if (attempt === 1) throw new Error('once');
    },
    { name: 'retried', retry: { attempts: 2, minDelay: 0 }, timeout: 1000, concurrency: 1 },
  );
  await using bus = e.bus({ handlers: [router], onError: () => {} });
  const signal = lookAlike(members);
  const delivery = bus.deliver(message, { signal });
  await expect(delivery).resolves.toMatchObject({ event: { id: '1' } });
  // The signal with a reason is aborted by the time the first attempt runs, so no other attempt follows.
  const isAborted = 'reason' in members;
  expect(seen).toEqual(
    isAborted ? ['plain true', 'retried true'] : ['plain true', 'retried true', 'retried true'],
  );
  await bus.drain({ timeout: 1000 });
});
