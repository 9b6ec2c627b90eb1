import { isEventValue, payloadOf } from '../catalog/catalog.ts';
import { validate } from '../catalog/schema.ts';
import { copyPayload } from '../catalog/snapshot.ts';
import type { BusState } from '../model/bus-state.ts';
import type { DispatchOptions } from '../types/dispatch.ts';
import { EventsError } from '../words/errors.ts';
import { readOptions, type Rules } from '../words/options.ts';
import { quote } from '../words/quote.ts';
import { schemaOf } from './versions.ts';

/** The arguments of a dispatch, checked: a name, a validated copy of the payload, and the options. */
export interface Input {
  readonly name: string;
  readonly payload: unknown;
  readonly options: DispatchOptions<unknown> | undefined;
}

/**
 * Reads a name, a payload and options, or an event value and options.
 *
 * @throws EventsError `UNKNOWN_EVENT`, `INVALID_PAYLOAD`, `BAD_OPTION`
 */
export function readInput(
  bus: BusState,
  where: string,
  event: unknown,
  payload: unknown,
  options: unknown,
  rules: Rules,
): Input {
  if (isEventValue(event)) {
    const schema = schemaOf(bus, event.name);
    if (options !== undefined) {
      throw new EventsError(
        'BAD_OPTION',
        `${where} takes the options of a value as its second argument: ${quote(event.name)} brings its payload.`,
      );
    }
    const own = readDispatchOptions(where, payload, rules);
    return { name: event.name, payload: payloadOf(event, schema), options: own };
  }
  const schema = schemaOf(bus, event);
  const name = event as string;
  const own = readDispatchOptions(where, options, rules);
  const output = validate(schema, payload, name);
  return { name, payload: copyPayload(output, name), options: own };
}

function readDispatchOptions(where: string, given: unknown, rules: Rules): Input['options'] {
  // Most dispatches give no options.
  return given === undefined ? undefined : readOptions(where, given as DispatchOptions<unknown>, rules);
}
