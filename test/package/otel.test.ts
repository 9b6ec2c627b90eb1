import { expect, test } from 'vitest';
import { folderWith } from './folders.ts';
import { runNode } from './run.ts';

const kinds = [
  {
    type: 'module',
    imports: `import { trace } from '@opentelemetry/api'; import { initEvents, defineEvents, unchecked } from 'trpc-events'; import { openTelemetry } from 'trpc-events/otel';`,
  },
  {
    type: 'commonjs',
    imports: `const { trace } = require('@opentelemetry/api'); const { initEvents, defineEvents, unchecked } = require('trpc-events'); const { openTelemetry } = require('trpc-events/otel');`,
  },
];
/** Registers a provider that prints the names of spans, and publishes an event. */
const PUBLISH = `
const traceId = '0af7651916cd43dd8448eb211c80319c';
const startSpan = (name) => (console.log(name), trace.wrapSpanContext({ traceId, spanId: 'b7ad6b7169203331', traceFlags: 1 }));
trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan }) });
const e = initEvents.create(defineEvents({ 'order.placed': unchecked() }));
const router = e.router().on('order.placed', ({ event }) => console.log(event.traceparent), { name: 'ship' });
const bus = e.bus({ handlers: [router], observers: [openTelemetry()] });
bus.publish('order.placed', 1).then(() => bus.close());`;

const apis = [
  { version: '1.10', installedAs: '@opentelemetry/api' },
  { version: '1.9', installedAs: '../test/otel/sdk-2/node_modules/@opentelemetry/api' },
];
const cases = apis.flatMap((api) => kinds.map((kind) => Object.assign({}, api, kind)));

test.for(cases)(
  'The built entry of type $type traces with API $version',
  ({ installedAs, type, imports }) => {
    const folder = folderWith({ '@opentelemetry/api': installedAs });
    const { stdout, stderr } = runNode(folder, `--input-type=${type}`, '--eval', imports + PUBLISH);
    expect({ stdout, stderr }).toEqual({
      stdout:
        'create order.placed\nship order.placed\n00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n',
      stderr: '',
    });
  },
);
