/** A process whose application registers an SDK by one copy of the API, while the package has another one. */
import { defineEvents, initEvents, unchecked } from '../../../src/index.ts';
import { openTelemetry } from '../../../src/otel/index.ts';
import { registerSdk } from '../sdk.ts';

const e = initEvents.create(defineEvents({ 'cat.spotted': unchecked<string>() }));
const sdk = registerSdk();
const seen: string[] = [];
const router = e.router().on('cat.spotted', ({ event }) => void seen.push(event.payload), { name: 'log' });
const bus = e.bus({ handlers: [router], observers: [openTelemetry()] });
const other = e.bus({ handlers: [router], observers: [openTelemetry()] });
for (const cat of ['Tom', 'Kit']) await bus.publish('cat.spotted', cat);
await other.publish('cat.spotted', 'Sam');
await bus.close();
process.stdout.write(JSON.stringify({ seen, spans: sdk.spans().map(({ name }) => name) }));
