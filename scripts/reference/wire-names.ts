/** The name of each field of an event in a message, as the default codec writes it. */
import { cloudEvents } from '../../src/wire/cloud-events.ts';

const SAMPLE = {
  id: '01890000-0000-7000-8000-000000000001',
  source: '/shop',
  name: 'user.created',
  payload: { sample: 'payload' },
  time: new Date('2026-01-02T03:04:05.678Z'),
  key: 'a key',
  path: 'user.create',
  correlationId: '01890000-0000-7000-8000-000000000002',
  causationId: '01890000-0000-7000-8000-000000000003',
  depth: 3,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'vendor=value',
  meta: { sample: 'meta' },
};

/** Returns each field's name in a message. Encodes an event, and looks up each of its values in the message. */
export function wireNames(): ReadonlyMap<string, string> {
  const message = JSON.parse(cloudEvents().encode(SAMPLE)) as Record<string, unknown>;
  const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return new Map(
    Object.entries(SAMPLE).map(([field, value]) => {
      const text = value instanceof Date ? value.toISOString() : plain(value);
      const found = Object.entries(message).find(([, written]) => plain(written) === text);
      if (found === undefined) throw new Error(`The message of an event has nothing of its ${field}.`);
      return [field, found[0]];
    }),
  );
}
