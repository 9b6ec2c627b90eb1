import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents } from '../../src/index.ts';
import { sharedBus } from '../../src/next/index.ts';

const e = initEvents
  .context<{ db: string }>()
  .create(defineEvents({ 'user.created': z.object({ id: z.string() }) }));
const makeBus = () => e.bus({ handlers: [e.router()] });

test('sharedBus keeps the type of the bus', () => {
  expectTypeOf(sharedBus('shop', makeBus)).toEqualTypeOf<ReturnType<typeof makeBus>>();
  const bus = sharedBus('shop', () => e.bus({ handlers: [], createContext: () => ({ db: 'main' }) }));
  void bus.publish('user.created', { id: '1' });
  // @ts-expect-error -- the catalog has no such event
  void bus.publish('user.creatd', { id: '1' });
});

test('sharedBus takes a name, and a function that makes the bus at once', () => {
  // @ts-expect-error -- the name is missing
  sharedBus(makeBus);
  // @ts-expect-error -- this is a bus, and no function that makes one
  sharedBus('shop', makeBus());
  // @ts-expect-error -- a promise is no bus
  void sharedBus('shop', async () => makeBus());
});
