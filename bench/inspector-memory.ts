/** Reports its heap, for the inspector's memory benchmark: `node --expose-gc inspector-memory.ts <events> [inspected]`. */
import { z } from 'zod';
import { defineEvents, initEvents } from '../src/index.ts';
import { createInspector } from '../src/inspector/index.ts';

const EVENTS_OF_A_CALL = 10;
const [, , events, observer] = process.argv;
const e = initEvents.create(defineEvents({ 'order.placed': z.object({ id: z.string(), note: z.string() }) }));
const handlers = e.router();
handlers.on('order.placed', async () => {}, { name: 'ship' });
handlers.on('order.placed', () => {}, { name: 'count' });
const bus = e.bus({ handlers: [handlers], observers: observer === 'inspected' ? [createInspector()] : [] });

for (let made = 0; made < Number(events);) {
  await bus.scope(() => {
    for (let i = 0; i < EVENTS_OF_A_CALL; i++) {
      e.dispatch('order.placed', { id: `order ${made++}`, note: `for order ${made} `.repeat(50) });
    }
  });
  if (bus.pending > 1000) await bus.drain();
}
await bus.drain();
for (let i = 0; i < 5; i++) {
  globalThis.gc!();
  await new Promise((resolve) => setTimeout(resolve, 20));
}
process.send!(process.memoryUsage().heapUsed);
process.disconnect();
