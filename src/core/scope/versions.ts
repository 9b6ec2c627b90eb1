import { areVersions, namesOnlyIn } from '../catalog/same-names.ts';
import { isDevelopment } from '../host/environment.ts';
import type { BusState } from '../model/bus-state.ts';
import type { App } from '../model/settings.ts';
import { printLine } from '../report/line.ts';
import type { EventShape } from '../types/catalog.ts';
import { EventsError } from '../words/errors.ts';
import { quote } from '../words/quote.ts';
import { didYouMean } from '../words/suggest.ts';

/**
 * Returns the schema of an event. `builder` is the one whose `e` dispatches it, if that is known.
 *
 * @throws EventsError `UNKNOWN_EVENT`, with the closest names
 */
export function schemaOf(bus: BusState, name: unknown, builder: App = bus.app): EventShape[string] {
  const { shape } = bus.app;
  const schema = typeof name === 'string' && Object.hasOwn(shape, name) ? shape[name] : undefined;
  if (schema !== undefined) return schema;
  throw new EventsError('UNKNOWN_EVENT', whyUnknown(bus, name, builder));
}

function whyUnknown(bus: BusState, name: unknown, builder: App): string {
  if (typeof name !== 'string')
    return `An event is dispatched by its name, or as a value made by defineEvent, not by ${quote(name)}.`;
  if (!Object.hasOwn(builder.shape, name))
    return `The catalog has no event ${quote(name)}. ${didYouMean(name, Object.keys(bus.app.shape))}${ifEdited(bus)}`;
  const why = bus.isShared
    ? `another version of the module was evaluated last, in next dev at times an older one. Restart, or ${NO_FAST_REFRESH}`
    : `the bus was made with another version of the module. Restart, or ${SHARED_BUS}`;
  return `The catalog of the bus has no event ${quote(name)}, but this e has: ${why}.`;
}

const SHARED_BUS = 'make the bus with sharedBus of trpc-events/next';
const NO_FAST_REFRESH = 'set experimental.turbopackServerFastRefresh to false in next.config';

/** Returns what a developer must do after an edit of the catalog, if the bus may still have the old one. */
export function ifEdited({ isShared }: BusState): string {
  if (!isDevelopment()) return '';
  return isShared
    ? ` If its module has it by now, next dev has evaluated an older copy of the module last: restart, or ${NO_FAST_REFRESH}.`
    : ` If you have edited the catalog since the process began, the bus was made with its older version: restart, or ${SHARED_BUS}.`;
}

/**
 * Returns true if the builder of a bus is another version of this one. In production, no module has two versions, so
 * there it is never true.
 */
export function isVersionOf(app: App, bus: BusState): boolean {
  return isDevelopment() && areVersions(app.shape, bus.app.shape);
}

/** What was printed about the builders that use each bus. */
const printed = new WeakMap<BusState, Set<string>>();

/** Prints that a builder uses a bus of another version of it: once for each difference. */
export function warnOfVersion(bus: BusState, app: App, what: string): void {
  const differences = differencesOf(app.shape, bus.app.shape, 'the bus');
  let lines = printed.get(bus);
  if (lines === undefined) printed.set(bus, (lines = new Set()));
  if (lines.has(differences)) return;
  lines.add(differences);
  const mend = bus.isShared ? NO_FAST_REFRESH : SHARED_BUS;
  printLine(
    `${what} uses a bus of another version of this e (${differences}). Restart, or ${mend}. If they are different builders, use the e of that bus: in production, this throws NO_SCOPE.`,
  );
}

/** Says which event names only one of two catalogs has. */
export function differencesOf(mine: EventShape, theirs: EventShape, other: string): string {
  const onlyMine = namesOnlyIn(mine, theirs);
  const onlyTheirs = namesOnlyIn(theirs, mine);
  return [onlyMine && `only this e has ${onlyMine}`, onlyTheirs && `only ${other} has ${onlyTheirs}`]
    .filter(Boolean)
    .join('; ');
}
