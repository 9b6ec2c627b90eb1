import { compilePatterns, type Selector } from '../core/catalog/pattern.ts';
import { EventsError } from '../core/words/errors.ts';
import { isObject } from '../core/words/guards.ts';
import {
  aBoolean,
  aFunction,
  aCount,
  anObject,
  anything,
  aString,
  readOptions,
  type Rules,
} from '../core/words/options.ts';
import { quote } from '../core/words/quote.ts';
import { readAddress, type Address } from './processes/address.ts';

/** The options of `createInspector`. */
export interface InspectorOptions {
  /** The number of calls that are kept, each with everything that it led to. The oldest goes first. Default: 1,000. */
  capacity?: number | undefined;
  /**
   * The most bytes that the kept calls may take together: at least 1 MiB. A payload is cut at 64 KiB, and a call at 1,000
   * events, or at a quarter of these bytes. Default: 32 MiB.
   */
  maxBytes?: number | undefined;
  /**
   * Parts of payloads that are hidden, as paths such as `'card.number'` or `'lines.*.price'`, by patterns of events. A
   * hidden value is also replaced in the errors and the other payloads of its call. Values of keys that contain words such
   * as password, secret, token, authorization or cookie, and values that are `writeOnly` in the JSON Schema of an event,
   * are always hidden. Default: none.
   */
  redact?: Readonly<Record<string, readonly string[]>> | undefined;
  /** If false, only names, ids and times are kept: no payload, no meta, no message of an error. Default: true. */
  payloads?: boolean | undefined;
  /**
   * The name of this process. An inspector that is made again with the same name takes over from the old one. Default:
   * `pid 4711`.
   */
  process?: string | undefined;
  /** The path below which `handler` is mounted. Default: `'/inspector'`. */
  path?: string | undefined;
  /**
   * Decides who may see the page, in place of the token, and also in production. A request is allowed only if this returns
   * true, and refused if it throws. Default: none, which asks for the token, and has `handler` answer 404 in production
   * and if NODE_ENV is unset.
   */
  authorize?: ((request: Request) => boolean | Promise<boolean>) | undefined;
  /**
   * Host names by which the inspector may be reached, in addition to localhost and the loopback addresses:
   * `'dev.example.com'`, or with a port. Not needed with `authorize`. Default: none.
   */
  allowedHosts?: readonly string[] | undefined;
  /** If true, readers may redeliver, publish and clear. Default: true, and false if `authorize` is given. */
  actions?: boolean | undefined;
  /**
   * The address that the inspector of another process has printed, with its token. The entries of this process are
   * redacted and sent there, and that inspector shows them with its own. At most 1,000 entries wait. After that, the
   * oldest are dropped. Default: none.
   */
  forwardTo?: string | undefined;
}

/** The options, checked and with their defaults. */
export interface Settings {
  readonly capacity: number;
  readonly maxBytes: number;
  readonly redact: readonly Redaction[];
  readonly payloads: boolean;
  readonly process: string;
  /** Without a slash at its end. */
  readonly path: string;
  readonly authorize: InspectorOptions['authorize'];
  readonly allowedHosts: readonly string[];
  readonly actions: boolean;
  readonly forwardTo: Address | undefined;
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
  path: {
    ok: (v) => typeof v === 'string' && /^\/(?![/\\])[^?#]*$/.test(v),
    words: 'a path that begins with a slash, such as "/inspector"',
  },
  authorize: aFunction,
  allowedHosts: {
    ok: (v) => Array.isArray(v) && v.every((host) => typeof host === 'string' && /^[^\s/@]+$/.test(host)),
    words: 'a list of hosts, such as ["dev.example.com"]',
  },
  actions: aBoolean,
  // The message of this error never has the token.
  forwardTo: anything,
};

/** @throws EventsError `BAD_OPTION`, `BAD_PATTERN` */
export function readSettings(options: InspectorOptions | undefined): Settings {
  const given = readOptions('createInspector', options, RULES);
  const { authorize, redact = {}, forwardTo } = given;
  return {
    capacity: given.capacity ?? 1000,
    maxBytes: given.maxBytes ?? 32 * MIB,
    redact: Object.entries(redact).map(readRedaction),
    payloads: given.payloads ?? true,
    process: given.process ?? nameOfProcess(),
    path: new URL((given.path ?? '/inspector').replace(/\/$/, ''), 'http://localhost').pathname.replace(
      /^\/$/,
      '',
    ),
    authorize,
    allowedHosts: [...(given.allowedHosts ?? [])],
    actions: given.actions ?? authorize === undefined,
    forwardTo: forwardTo === undefined ? undefined : readAddress(forwardTo),
  };
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
