import { areVersions } from '../catalog/same-names.ts';
import { isDevelopment } from '../host/environment.ts';
import type { BusState } from '../model/bus-state.ts';
import type { App } from '../model/settings.ts';
import type { EventShape } from '../types/catalog.ts';
import { EventsError } from '../words/errors.ts';
import { quote } from '../words/quote.ts';
import { didYouMean } from '../words/suggest.ts';

/** @throws EventsError `UNKNOWN_EVENT`, with the closest names */
export function schemaOf(bus: BusState, name: unknown): EventShape[string] {
  const { shape } = bus.app;
  const schema = typeof name === 'string' && Object.hasOwn(shape, name) ? shape[name] : undefined;
  if (schema !== undefined) return schema;
  throw new EventsError(
    'UNKNOWN_EVENT',
    typeof name === 'string'
      ? `The catalog has no event ${quote(name)}. ${didYouMean(name, Object.keys(shape))}${ifEdited(bus)}`
      : `An event is dispatched by its name, or as a value made by defineEvent, not by ${quote(name)}.`,
  );
}

/** Returns what a developer must do after an edit of the catalog, if the bus may still have the old one. */
export function ifEdited(bus: BusState): string {
  return isDevelopment() ? ` If you have edited the catalog, ${bus.whyOutdated}` : '';
}

/**
 * Returns true if the builder of a bus is another version of this one. In production, no module has two versions, so
 * there it is never true.
 */
export function isVersionOf(app: App, bus: BusState): boolean {
  return isDevelopment() && areVersions(app.shape, bus.app.shape);
}
