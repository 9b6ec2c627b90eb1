import { expect, it } from 'vitest';
import { afterResponse, auto, echo, inline, waitUntil, withEvents } from '../../../src/index.ts';
import { testBus } from '../../../src/testing/index.ts';
import { cloudEvents } from '../../../src/wire/index.ts';
import { e, untyped } from '../shop.ts';

const fault = new RangeError('no value');
/** Makes an object with a getter that throws. */
const throwing = (key: string): never =>
  Object.defineProperty({}, key, {
    enumerable: true,
    get() {
      throw fault;
    },
  }) as never;

const bus = e.bus({ handlers: [] });
const envelope = { id: 'a', name: 'cat.spotted', payload: 1, time: new Date(0) };

it.each<[string, string, (options: never) => unknown]>([
  ['e.bus', 'onError', (options) => e.bus(options)],
  ['e.bus, limits', 'depth', (limits) => e.bus({ handlers: [], limits })],
  ['bus.middleware', 'defer', (options) => bus.middleware(options)],
  ['.on("cat.spotted", …)', 'timeout', (options) => e.router().on('cat.spotted', () => {}, options)],
  [
    '.on("cat.spotted", …), retry',
    'attempts',
    (retry) => e.router().on('cat.spotted', () => {}, { name: 'x', retry }),
  ],
  ['dispatch', 'key', (options) => bus.scope(({ dispatch }) => dispatch('cat.spotted', 1, options))],
  ['bus.publish', 'meta', (options) => bus.publish('cat.spotted', 1, options)],
  ['bus.deliver', 'attempt', (options) => bus.deliver(envelope, options)],
  ['bus.scope', 'meta', (options) => bus.scope(() => {}, options)],
  ['bus.stream', 'limit', (options) => bus.stream('*', options)],
  ['bus.drain', 'timeout', (options) => bus.drain(options)],
  ['bus.close', 'timeout', (options) => bus.close(options)],
  ['auto', 'maxWait', (options) => auto(options)],
  ['inline', 'budget', (options) => inline(options)],
  ['afterResponse', 'maxWait', (options) => afterResponse(() => undefined, options)],
  ['waitUntil', 'budget', (options) => waitUntil(() => () => {}, options)],
  ['echo', 'print', (options) => echo(options)],
  ['withEvents', 'path', (options) => withEvents(bus, () => {}, options)],
  ['cloudEvents', 'source', (options) => cloudEvents(options)],
  ['testBus, faults', 'only', (faults) => testBus(e, { handlers: [], faults })],
])('%s says that its option %s can’t be read.', async (where, key, use) => {
  const using = (async () => use(throwing(key)))();
  await expect(using).rejects.toMatchObject({
    code: 'BAD_OPTION',
    message: `${where}: ${key} can't be read: it threw RangeError: no value.`,
    cause: fault,
  });
});

it('An option whose own member throws when it is checked is named, too.', () => {
  expect(() => e.bus({ handlers: [], defer: throwing('start') })).toThrow(
    expect.objectContaining({
      code: 'BAD_OPTION',
      message: "e.bus: defer can't be read: it threw RangeError: no value.",
      cause: fault,
    }),
  );
});

it('The first wrong option is told of, though a later one throws.', () => {
  const options = { budgt: 1 };
  Object.defineProperty(options, 'budget', Object.getOwnPropertyDescriptor(throwing('budget'), 'budget')!);
  expect(() => untyped(inline)(options)).toThrow('inline has no option "budgt". Did you mean "budget"?');
});

it('Options that throw before any option is read are refused.', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  expect(() => inline(proxy)).toThrow(
    expect.objectContaining({
      code: 'BAD_OPTION',
      message: expect.stringMatching(
        /^inline: what was given for options can't be read: it threw TypeError: /,
      ),
    }),
  );
});
