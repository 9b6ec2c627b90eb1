import { compilePatterns, type Selector } from '../core/catalog/pattern.ts';
import { EventsError } from '../core/words/errors.ts';
import { isObject } from '../core/words/guards.ts';
import { aBoolean, aCount, anObject, aString, readOptions, type Rules } from '../core/words/options.ts';
import { quote } from '../core/words/quote.ts';

/** The options of `createInspector`. */
export interface InspectorOptions {
  /** The number of calls that are kept, each with all that came of it. The oldest goes first. Default: 1,000. */
  capacity?: number | undefined;
  /**
   * The bytes that all that is kept may take: at least 1 MiB. A payload is cut at 64 KiB, and a call at 1,000 events, or
   * at a quarter of these bytes. Default: 32 MiB.
   */
  maxBytes?: number | undefined;
  /**
   * Parts of payloads that are hidden, as paths such as `'card.number'` or `'lines.*.price'`, by patterns of events. What
   * is hidden is replaced in the errors and the other payloads of its call, too. Keys that contain words such as password, secret, token, authorization or cookie,
   * and what is `writeOnly` in the JSON Schema of an event, are always hidden. Default: none.
   */
  redact?: Readonly<Record<string, readonly string[]>> | undefined;
  /** False keeps names and times alone: no payload, no meta, no message of an error. Default: true. */
  payloads?: boolean | undefined;
  /** The name of this process. An inspector of the same name that is made again takes over. Default: `pid 4711`. */
  process?: string | undefined;
}

/** The options, checked and with their defaults. */
export interface Settings {
  readonly capacity: number;
  readonly maxBytes: number;
  readonly redact: readonly Redaction[];
  readonly payloads: boolean;
  readonly process: string;
}
export interface Redaction {
  readonly selector: Selector;
  readonly paths: readonly string[];
}

const MIB = 1024 * 1024;
const RULES: Rules = {
  capacity: aCount,
  maxBytes: {
    ok: (v) => Number.isSafeInteger(v) && (v as number) >= MIB,
    words: 'a number of bytes, at least 1048576',
  },
  redact: anObject,
  payloads: aBoolean,
  process: aString,
};

/** @throws EventsError `BAD_OPTION`, `BAD_PATTERN` */
export function readSettings(options: InspectorOptions | undefined): Settings {
  const given = readOptions('createInspector', options, RULES);
  const {
    capacity = 1000,
    maxBytes = 32 * MIB,
    redact = {},
    payloads = true,
    process = nameOfProcess(),
  } = given;
  return { capacity, maxBytes, redact: Object.entries(redact).map(readRedaction), payloads, process };
}

function readRedaction([pattern, paths]: readonly [string, unknown]): Redaction {
  const areGood = Array.isArray(paths) && paths.every((path) => typeof path === 'string' && PATH.test(path));
  if (!areGood) {
    const words = 'a list of paths such as "card.number" or "lines.*.price"';
    throw new EventsError('BAD_OPTION', `createInspector: redact[${quote(pattern)}] must be ${words}.`);
  }
  return { selector: compilePatterns(pattern), paths: paths as readonly string[] };
}
const PATH = /^[^.]+(\.[^.]+)*$/;

function nameOfProcess(): string {
  const { process } = globalThis as { process?: { readonly pid?: number } };
  return isObject(process) && process.pid !== undefined ? `pid ${process.pid}` : 'this process';
}
