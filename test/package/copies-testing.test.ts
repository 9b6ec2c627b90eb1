import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { folderWith } from './folders.ts';

type Root = typeof import('trpc-events');
type Kit = typeof import('trpc-events/testing');

/** A test may import the kit as ESM and the application, once transformed, as CommonJS, or the other way around. */
const folder = folderWith({});
const require = createRequire(join(folder, 'app.js'));
const load = (file: string) =>
  import(pathToFileURL(join(folder, 'node_modules/trpc-events/dist', file)).href) as Promise<unknown>;
const esm = { ...((await load('index.mjs')) as Root), ...((await load('testing.mjs')) as Kit) };
const cjs = { ...(require('trpc-events') as Root), ...(require('trpc-events/testing') as Kit) };

describe.for([
  { mine: esm, theirs: cjs, names: 'a bus of ESM, the kit of CommonJS' },
  { mine: cjs, theirs: esm, names: 'a bus of CommonJS, the kit of ESM' },
])('$names', ({ mine, theirs }) => {
  const e = mine.initEvents.create(
    mine.defineEvents({ 'order.placed': z.object({ id: z.string() }), 'mail.sent': z.void() }),
  );
  const router = e.router();
  router.on('order.placed', ({ ctx }) => ctx.dispatch('mail.sent'), { name: 'mail' });
  router.on('mail.sent', () => Promise.reject(new Error('It fails.')), { name: 'count' });
  const onError = () => {};

  test('recordEvents records events and failures, and checks patterns.', async () => {
    const bus = e.bus({ handlers: [router], onError });
    using events = theirs.recordEvents(bus);
    await bus.publish('order.placed', { id: '1' });
    await bus.drain();
    expect(String(events)).toBe(
      'order.placed { id: "1" }\n└─ ✓ mail\n   └─ mail.sent\n      └─ ✗ count: Error: It fails.',
    );
    expect(() => events.only('odrer.*' as never)).toThrow('Did you mean "order.*"?');
  });

  test('testBus provokes faults.', async () => {
    const bus = theirs.testBus(e, {
      handlers: [router],
      onError,
      faults: { only: 'mail', deliverTwice: true, throughCodec: true, failRate: 1, seed: 1 },
    });
    using events = theirs.recordEvents(bus);
    await bus.publish('order.placed', { id: '1' });
    expect(events.handled()).toEqual([]);
    expect(events.failed().map(({ listener }) => listener)).toEqual(['mail', 'mail']);
    await bus.close();
  });
});
