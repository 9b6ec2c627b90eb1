/** Tests how the span of an attempt ends: with anything that a listener throws, or with its bus. */
import { diag, trace } from '@opentelemetry/api';
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openTelemetry } from '../../src/otel/index.ts';
import { e } from '../core/shop.ts';
import { expectConsole } from '../setup/console.ts';
import { registerSdk } from './sdk.ts';
import { traced, useSdk } from './stage.ts';
import { tableOf } from './table.ts';
import { gate, turn } from '../setup/async.ts';

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

it('A bus that closes ends its own spans, and not those of another bus of the same observer.', async () => {
  const observer = openTelemetry();
  const makeBus = () => {
    const { promise, open } = gate();
    const router = e.router().on('*.*', () => promise, { name: 'slow' });
    return { bus: e.bus({ handlers: [router], observers: [observer], onError: () => {} }), open };
  };
  const [one, two] = [makeBus(), makeBus()];
  void one.bus.publish('cat.spotted', 1);
  const published = two.bus.publish('cache.cleared');
  await one.bus.close({ timeout: 5 }).catch(() => {});
  const slow = () => table().filter(({ name }) => name.startsWith('slow'));
  expect(slow()).toMatchObject([
    { name: 'slow cat.spotted', attributes: { 'trpc_events.unfinished': true } },
  ]);
  two.open();
  await published;
  expect(slow().at(-1)).toMatchObject({ name: 'slow cache.cleared', status: 'unset' });
  expect(slow().at(-1)!.attributes).not.toHaveProperty('trpc_events.unfinished');
  one.open();
  await two.bus.close();
});

it('A bus that has the observer twice keeps its spans open until both are taken off.', async () => {
  const { promise, open } = gate();
  const router = e.router().on('cat.spotted', () => promise, { name: 'slow' });
  const observer = openTelemetry();
  const bus = e.bus({ handlers: [router], observers: [observer] });
  const undo = bus.observe(observer);
  const published = bus.publish('cat.spotted', 1);
  undo();
  // Both observations made a span of the dispatch and one of the attempt. The spans of the attempt are still open.
  expect(sdk.current.open).toBe(2);
  open();
  await published;
  await bus.close();
  expect(table().map(({ attributes }) => attributes['trpc_events.unfinished'])).toEqual(
    Array.from({ length: 4 }, () => undefined),
  );
});

it('A span that somebody else ends too early is told of in one line, and says nothing after its end.', async () => {
  const lines = expectConsole();
  const printed = vi.fn();
  diag.setLogger({ error: printed, warn: printed, info: printed, debug: printed, verbose: printed });
  onTestFinished(() => diag.disable());
  printed.mockClear();
  const router = e.router();
  router.on(
    'cat.spotted',
    () => {
      // @vercel/otel does this with all open spans when the span of the request ends.
      trace.getActiveSpan()!.end();
      throw new Error('boom');
    },
    { name: 'log' },
  );
  const bus = traced({ handlers: [router] });
  for (const cat of [1, 2]) await bus.publish('cat.spotted', cat);
  await bus.close();
  expect(lines).toEqual([expect.stringContaining("openTelemetry({ newTrace: 'always' })")]);
  expect(printed).not.toHaveBeenCalled();
});

it('A span that is not sampled was ended by nobody.', async () => {
  await sdk.current.off();
  const quiet = registerSdk({ sampler: new AlwaysOffSampler() });
  vi.resetModules();
  const { openTelemetry } = await import('../../src/otel/index.ts');
  const router = e.router().on('cat.spotted', () => {}, { name: 'log' });
  const bus = e.bus({ handlers: [router], observers: [openTelemetry()] });
  await bus.publish('cat.spotted', 1);
  await bus.close();
  expect(quiet.spans()).toEqual([]);
  await quiet.off();
});
