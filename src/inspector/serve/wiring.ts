import type { BusDescription } from '../../core/types/describe.ts';
import { causeOf } from '../../core/words/quote.ts';
import type { InspectorState } from '../state.ts';
import { json, Refusal } from './answers.ts';
import { closestPatterns } from './closest.ts';
import { sampleOf } from './sample.ts';

/** Describes all buses. One that can't be described says why. */
export function wiringOf({ buses }: InspectorState): object {
  return {
    buses: buses.entries().map(([number, bus]) => {
      try {
        const description = bus.describe();
        return { number, description, samples: samplesOf(description), closest: closestIn(description) };
      } catch (error) {
        return { number, error: causeOf(error) };
      }
    }),
  };
}

/** Makes a sample payload for each event that must have one, for the reader to edit. */
function samplesOf({ events }: BusDescription): object {
  const samples = events.flatMap(({ name, optional, schema }) =>
    optional || schema === undefined ? [] : [[name, sampleOf(schema)]],
  );
  return Object.fromEntries(samples);
}

/** Finds the patterns that come closest to the events that nobody takes. */
function closestIn({ events, listeners }: BusDescription): object {
  const unhandled = events.filter(({ takenBy }) => takenBy.length === 0);
  return Object.fromEntries(unhandled.map(({ name }) => [name, closestPatterns(name, listeners)]));
}

/**
 * Makes the AsyncAPI document of one bus: the bus with this number, or the first one.
 *
 * @throws Refusal
 */
export async function asyncApiOf(
  { buses, settings }: InspectorState,
  number: string | null,
): Promise<Response> {
  const bus = buses.entries().find(([other]) => number === null || String(other) === number)?.[1];
  if (bus === undefined) throw new Refusal(404, 'No bus has this number: api/wiring tells their numbers.');
  // The module is loaded late, because few readers ask for this document.
  const { asyncApi } = await import('../../wire/async-api/async-api.ts');
  try {
    return json(asyncApi(bus.describe(), { title: settings.process, version: '0.0.0' }));
  } catch (error) {
    throw new Refusal(422, `This bus can't be described: ${causeOf(error)}`);
  }
}
