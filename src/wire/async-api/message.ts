import type { EventDescription } from '../../core/types/describe.ts';
import { refToSchema } from './schemas.ts';

const text = { type: 'string' };
const someText = { type: 'string', minLength: 1 };
const jsonText = { type: 'string', contentMediaType: 'application/json' };

/** The fields that the messages of all events have, as `cloudEvents` writes them. Readers ignore what they don't know. */
export const ENVELOPE = {
  title: 'CloudEvents 1.0',
  type: 'object',
  properties: {
    specversion: { const: '1.0' },
    id: someText,
    source: { type: 'string', minLength: 1, format: 'uri-reference' },
    type: someText,
    time: { type: 'string', format: 'date-time' },
    datacontenttype: { const: 'application/json' },
    correlationid: text,
    causationid: text,
    depth: { type: 'integer', minimum: 0 },
    procedure: text,
    partitionkey: text,
    traceparent: text,
    tracestate: text,
    meta: jsonText,
    superjson: jsonText,
  },
  required: ['specversion', 'id', 'source', 'type'],
};

/** Describes the message of an event, whose payload is the component `key`, in the envelope of the component `envelope`. */
export function toMessage(event: EventDescription, key: string, envelope: string) {
  const { name, schema: _, ...rest } = event;
  return {
    name,
    contentType: 'application/cloudevents+json',
    correlationId: { location: '$message.payload#/correlationid' },
    payload: {
      allOf: [
        refToSchema(envelope),
        {
          type: 'object',
          properties: { type: { const: name }, data: refToSchema(key) },
          required: rest.optional ? ['type'] : ['type', 'data'],
        },
      ],
    },
    'x-trpc-events': rest,
  };
}
