import { describeSchema } from '../catalog/json-schema.ts';
import { isEnabled } from '../flush/enabled.ts';
import type { BusState } from '../model/bus-state.ts';
import type { BusDescription, DescribeOptions } from '../types/describe.ts';
import { aFunction, oneOf, readOptions, type Rules } from '../words/options.ts';

const DESCRIBE_OPTIONS: Rules = {
  target: oneOf('draft-07', 'draft-2020-12', 'openapi-3.0'),
  jsonSchema: aFunction,
};

/** `bus.describe`: describes the current wiring. */
export function describeBus(bus: BusState, options?: DescribeOptions): BusDescription {
  const { target = 'draft-07', jsonSchema } = readOptions('bus.describe', options, DESCRIBE_OPTIONS);
  const { when, unhandled, limits, createContext, deadLetter, meta } = bus.settings;
  const shape = Object.entries(bus.app.shape);
  const targets = bus.registry.targets();
  const description = {
    target,
    events: shape.map(([name, schema]) => ({
      name,
      ...describeSchema(schema, name, target, jsonSchema),
      takenBy: targets.filter(({ selects }) => selects(name)).map(({ name }) => name),
    })),
    listeners: targets.map(
      ({ name, isNamed, kind, patterns, selects, retryPolicy, remote, local, passive }) => ({
        name,
        isNamed,
        kind,
        patterns,
        events: shape.map(([name]) => name).filter(selects),
        retry: retryPolicy?.retry,
        timeout: retryPolicy?.timeout,
        concurrency: retryPolicy?.concurrency,
        remote,
        local,
        passive,
      }),
    ),
    options: {
      defer: bus.defer.name,
      when,
      unhandled,
      limits,
      enabled: isEnabled(bus),
      createContext: createContext !== undefined,
      deadLetter: deadLetter !== undefined,
      meta: meta !== undefined,
    },
  };
  // The round trip through JSON drops undefined members, and the caller shares no object with the bus.
  return JSON.parse(JSON.stringify(description)) as BusDescription;
}
