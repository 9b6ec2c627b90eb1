import type { AnyApp } from '../types/app.ts';
import type { BusBaseOptions } from '../types/bus-options.ts';
import type { AnyEvent } from '../types/event.ts';
import type { DiscardReason } from '../types/observer.ts';
import { EventsError } from '../words/errors.ts';
import { guarded } from '../words/guards.ts';
import { causeOf } from '../words/quote.ts';
import { lineOf, printLine, type Reported } from './line.ts';
import type { Observers } from './observers.ts';

/** The part of a bus that reports need. */
export interface Reporting {
  /** The lines that are printed only once. */
  readonly printed: Set<string>;
  readonly observed: Observers | undefined;
  readonly settings: Pick<BusBaseOptions<AnyApp>, 'onError' | 'onDiscard'> & {
    readonly unhandled: 'warn' | 'ignore' | 'error';
  };
}

/** Tells observers and `onError` of an error. Never throws, whatever those throw. */
export function reportError(bus: Reporting, reported: Reported): void {
  const { error, event, listener, attempt } = reported;
  bus.observed?.errored(error, { event, listener, attempt });
  tellOnError(bus, reported);
}

function tellOnError(bus: Reporting, { error, event, listener, attempt }: Reported): void {
  const report = { error, event, listener, attempt };
  const { onError } = bus.settings;
  if (onError === undefined) return printLine(lineOf(report));
  guarded(
    () => onError(report),
    (thrown) => {
      printLine(`onError threw ${causeOf(thrown)}`);
      printLine(lineOf(report));
    },
  );
}

/** The most times that `onError` hears of one attempt's CHAIN_TOO_DEEP: an `onError` that dispatches would never end. */
const MOST_TOO_DEEP = 100;
const tooDeep = new WeakMap<object, number>();

/** Reports why an event can't be delivered. `attempt` is the attempt that dispatched it, if one did. */
export function reportProblem(
  bus: Reporting,
  error: EventsError,
  event: AnyEvent,
  attempt: object | undefined,
): void {
  if (error.code === 'CHAIN_TOO_DEEP' && attempt !== undefined) {
    const times = (tooDeep.get(attempt) ?? 0) + 1;
    tooDeep.set(attempt, times);
    if (times > MOST_TOO_DEEP) return printLine(lineOf({ error, event }));
  }
  reportError(bus, { error, event });
}

/** Reports an event that nothing waits for while the platform may freeze the process. */
export function reportLate(bus: Reporting, event: AnyEvent): void {
  const message = `${JSON.stringify(event.name)} was dispatched after its call had ended, where the platform may freeze the process: it may not be handled. Await what dispatches it.`;
  reportError(bus, { error: new EventsError('LATE_DISPATCH', message), event });
}

/** Reports that no handler takes an event, as the `unhandled` option says. Returns the error if it counts as one. */
export function reportUnhandled(bus: Reporting, event: AnyEvent): EventsError | undefined {
  const { name } = event;
  const { unhandled } = bus.settings;
  bus.observed?.unhandled(event);
  if (unhandled === 'ignore') return undefined;
  const message = `No handler takes ${JSON.stringify(name)}: register a listener, import the file that does, or set unhandled: 'ignore'.`;
  if (unhandled === 'error') {
    const error = new EventsError('UNHANDLED', message);
    reportError(bus, { error, event });
    return error;
  }
  printOnce(bus, message);
  return undefined;
}

/** Prints a line, unless this bus has printed it before. */
export function printOnce({ printed }: Reporting, line: string): void {
  if (!printed.has(line)) printLine(line);
  printed.add(line);
}

/** Tells observers and `onDiscard` of a dropped event. */
export function reportDiscard(bus: Reporting, event: AnyEvent, reason: DiscardReason): void {
  bus.observed?.discarded(event, reason);
  const { onDiscard } = bus.settings;
  if (onDiscard === undefined) return;
  guarded(
    () => onDiscard({ event, reason }),
    (thrown) => reportHook(bus, 'onDiscard', thrown, event),
  );
}

/** Reports an error that the application's own code threw: a strategy, `onDiscard`, `deadLetter`. */
export function reportHook(bus: Reporting, what: string, cause: unknown, event?: AnyEvent): void {
  reportError(bus, { error: hookFailed(what, cause), event });
}

/** Reports an error that an observer threw. Observers don't hear of it: one that throws at each error would never end. */
export function reportObserver(bus: Reporting, what: string, cause: unknown, more: string): void {
  tellOnError(bus, { error: hookFailed(what, cause, more) });
}

function hookFailed(what: string, cause: unknown, more = ''): EventsError {
  return new EventsError('HOOK_FAILED', `${what} threw ${causeOf(cause)}${more}`, { cause });
}
