import { createInspector } from '../../src/inspector/index.ts';
import { e } from './inspected.ts';

/** A worker process that takes one event. By `mode`, it hangs in its listener, closes its bus afterward, or just ends. */
const [forwardTo, mode] = process.argv.slice(2);
const inspector = createInspector({ process: 'worker', forwardTo });
const handlers = e.router().on(
  'mail.sent',
  async () => {
    if (mode === 'hang') await new Promise((resolve) => setTimeout(resolve, 600_000));
  },
  { name: 'ship' },
);
const bus = e.bus({ handlers: [handlers], observers: [inspector] });
const message = { id: 'order-1', name: 'mail.sent', payload: { to: 'ada' }, time: new Date() };
await bus.deliver(message, { from: { system: 'nats', destination: 'orders' } });
if (mode === 'close') await bus.close();
