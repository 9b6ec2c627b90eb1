/** How the span of an attempt ends: with whatever a listener throws, or with its bus. */
import { expect, it } from 'vitest';
import { e, gate, turn } from '../core/shop.ts';
import { traced, useSdk } from './stage.ts';
import { tableOf } from './table.ts';

const sdk = useSdk();
const table = () => tableOf(sdk.spans());

it.each([
  ['nothing', undefined, '_OTHER', 'undefined'],
  ['a text', 'no', '_OTHER', 'no'],
  ['an object', { name: 'Custom', message: 'no' }, 'Custom', '[object Object]'],
  [
    'an error whose name would make a series of its own',
    Object.assign(new Error('no'), { name: 'HTTP 404 /users/17' }),
    '_OTHER',
    'HTTP 404 /users/17: no',
  ],
  ['an error of no name', Object.assign(new Error('no'), { name: '' }), '_OTHER', ': no'],
  [
    'an error whose name throws',
    Object.defineProperty(new Error('no'), 'name', { get: () => Promise.resolve().then.call(1) }),
    '_OTHER',
    'something that has no text',
  ],
])('A listener that throws %s', async (_, thrown, type, message) => {
  const router = e.router().on('cat.spotted', () => Promise.reject(thrown), { name: 'log' });
  await using bus = traced({ handlers: [router] });
  await bus.publish('cat.spotted', 1);
  expect(table().at(-1)).toMatchObject({ status: 'error', attributes: { 'error.type': type } });
  expect(sdk.spans().at(-1)!.message).toBe(message);
});

it('A listener that a close did not wait for: its span ends with the bus, and says so', async () => {
  const { promise, open } = gate();
  const router = e.router().on('cat.spotted', () => promise, { name: 'slow' });
  const bus = traced({ handlers: [router] });
  void bus.publish('cat.spotted', 1);
  await bus.close({ timeout: 5 }).catch(() => {});
  expect(sdk.current.open).toBe(0);
  expect(table().at(-1)).toMatchObject({
    name: 'slow cat.spotted',
    status: 'unset',
    attributes: { 'trpc_events.unfinished': true },
  });
  const ended = sdk.spans();
  open();
  await turn();
  expect(sdk.spans()).toEqual(ended);
});
