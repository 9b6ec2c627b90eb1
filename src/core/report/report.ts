import type { AnyApp } from '../types/app.ts';
import type { BusBaseOptions } from '../types/bus.ts';
import type { AnyEvent } from '../types/event.ts';
import type { DiscardReason } from '../types/observer.ts';
import { EventsError } from '../words/errors.ts';
import { guarded } from '../words/guards.ts';
import type { Observers } from './observers.ts';

/** The part of a bus that reports need. */
export interface Reporting {
  readonly observed: Observers | undefined;
  readonly settings: Pick<BusBaseOptions<AnyApp>, 'onError' | 'onDiscard'> & {
    readonly unhandled: 'warn' | 'ignore' | 'error';
  };
  /** The names of events that nothing takes, of which a line told. */
  readonly warned: Set<string>;
}

/** What went wrong, and with what. */
export interface Reported {
  readonly error: EventsError;
  readonly event?: AnyEvent | undefined;
  readonly listener?: string | undefined;
  readonly attempt?: number | undefined;
}

/** Tells observers and `onError`. Whatever those throw ends here. */
export function reportError(bus: Reporting, { error, event, listener, attempt }: Reported): void {
  const report = { error, event, listener, attempt };
  bus.observed?.errored(error, { event, listener, attempt });
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

/** How often `onError` hears that one attempt chained too deep. One that dispatches would hear of itself for ever. */
const MOST_TOO_DEEP = 100;
const tooDeep = new WeakMap<object, number>();

/** Reports why an event, dispatched in an attempt or not, can't be delivered. */
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

/** Reports an event that nothing waits for, where the process may be frozen. */
export function reportLate(bus: Reporting, { event }: { readonly event: AnyEvent }): void {
  const message = `${JSON.stringify(event.name)} was dispatched after its call had ended, where the platform may freeze the process: it may not be handled. Await what dispatches it.`;
  reportError(bus, { error: new EventsError('LATE_DISPATCH', message), event });
}

/** Says that nobody takes an event, as `unhandled` asks for. The error, where it counts as one. */
export function reportUnhandled(bus: Reporting, event: AnyEvent): EventsError | undefined {
  const { name } = event;
  const { unhandled } = bus.settings;
  bus.observed?.unhandled(event);
  const message = `No handler takes ${JSON.stringify(name)}: register a listener, import the file that does, or set unhandled: 'ignore'.`;
  if (unhandled === 'error') {
    const error = new EventsError('UNHANDLED', message);
    reportError(bus, { error, event });
    return error;
  }
  if (unhandled === 'warn' && !bus.warned.has(name)) {
    bus.warned.add(name);
    printLine(message);
  }
  return undefined;
}

/** Tells observers and `onDiscard`. */
export function reportDiscard(bus: Reporting, event: AnyEvent, reason: DiscardReason): void {
  bus.observed?.discarded(event, reason);
  const { onDiscard } = bus.settings;
  if (onDiscard === undefined) return;
  guarded(
    () => onDiscard({ event, reason }),
    (thrown) => reportHook(bus, 'onDiscard', thrown, event),
  );
}

/** Reports what a piece of the application's own threw: a strategy, an observer, `onDiscard`. */
export function reportHook(bus: Reporting, what: string, cause: unknown, event?: AnyEvent): void {
  reportError(bus, {
    error: new EventsError('HOOK_FAILED', `${what} threw ${causeOf(cause)}`, { cause }),
    event,
  });
}

/** One line to stderr: names and ids, never a payload. */
function lineOf({ error, event, listener, attempt }: Reported): string {
  const subject = event === undefined ? '' : ` [${event.name} ${event.id}]`;
  const where = listener === undefined ? '' : ` [listener ${listener}, attempt ${attempt ?? 1}]`;
  // The message of this one names again what stands before it.
  const said = listener === undefined || event === undefined ? '' : whatFailed(listener, event);
  const message = error.message.startsWith(said) ? error.message.slice(said.length) : error.message;
  return `${error.code}${subject}${where} ${message}${placeOf(error.cause)}`;
}

/** The first frame of a stack that lies in the application's own code: where to look first. */
const OWN_FRAME = /(?<=^ +) at (?!.*(?:node_modules|node:|\(<anonymous>)).+/m;
function placeOf(cause: unknown): string {
  try {
    return cause instanceof Error ? (OWN_FRAME.exec(cause.stack!)?.[0] ?? '') : '';
  } catch {
    return '';
  }
}

/** How the message of `LISTENER_FAILED` begins. */
export function whatFailed(listener: string, { name }: AnyEvent): string {
  return `The listener ${JSON.stringify(listener)} failed on ${JSON.stringify(name)}: `;
}

/** `Error: message`, on one line. */
export function causeOf(cause: unknown): string {
  let text: string;
  try {
    text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  } catch {
    text = 'something that has no text';
  }
  return text.replaceAll(/\s+/g, ' ').slice(0, 500);
}

export function printLine(line: string): void {
  try {
    // oxlint-disable-next-line no-console -- the default of onError, and the one place that prints
    console.error(`trpc-events: ${line}`);
  } catch {
    // An application, or its tests, may have put a function there that throws: nobody is left to tell.
  }
}
