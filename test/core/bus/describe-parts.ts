import type { StandardSchemaV1 } from '@standard-schema/spec';
import {
  defineEvents,
  initEvents,
  type DescribeOptions,
  type EventForwarder,
  type EventHandler,
} from '../../../src/index.ts';

/** Makes a handler that does nothing. */
export const named = (name: string): EventHandler => ({ name, handle: () => {} });

/** Makes a forwarder that sends nothing. */
export const forwarder = <P extends string>(options: Partial<EventForwarder<P>> = {}): EventForwarder<P> => ({
  name: 'queue',
  remote: true,
  handle: () => {},
  ...options,
});

/** Describes one schema, without `$schema`, which some targets don't have. */
export function described(schema: StandardSchemaV1, options?: DescribeOptions) {
  const bus = initEvents.create(defineEvents({ it: schema })).bus({ handlers: [] });
  const [event] = bus.describe(options).events;
  const { $schema: _, ...json } = event!.schema ?? {};
  return { ...event!, schema: event!.schema && json };
}
