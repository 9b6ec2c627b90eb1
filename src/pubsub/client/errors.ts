import { isObject } from '../../core/words/guards.ts';
import { causeOf } from '../../core/words/quote.ts';

/** The subject of an error of the Google client. */
type Kind =
  | 'package'
  | 'project'
  | 'network'
  | 'throttled'
  | 'server'
  | 'resource'
  | 'credentials'
  | 'permission'
  | 'precondition'
  | 'entry'
  | 'stranger'
  | 'other';

/** The error of a client that could not find out its project. */
export class NoProject extends Error {
  override readonly name = 'NoProject';

  constructor(cause: unknown) {
    super('the Google client has no project', { cause });
  }
}

/** The codes of gRPC that say what is wrong. */
const CODES: Readonly<Record<number, Kind>> = {
  1: 'server', // CANCELLED
  2: 'server', // UNKNOWN
  3: 'entry', // INVALID_ARGUMENT
  4: 'network', // DEADLINE_EXCEEDED: nobody has answered in time.
  5: 'resource', // NOT_FOUND
  7: 'permission', // PERMISSION_DENIED
  8: 'throttled', // RESOURCE_EXHAUSTED
  9: 'precondition', // FAILED_PRECONDITION
  10: 'server', // ABORTED
  12: 'stranger', // UNIMPLEMENTED
  13: 'server', // INTERNAL
  14: 'network', // UNAVAILABLE
  16: 'credentials', // UNAUTHENTICATED
};
/** Codes of Node.js for a connection that can't be made, or has ended. */
const NETWORK =
  /^(?:E(?:CONN|PIPE|HOST|NET|TIMEDOUT|AI_AGAIN|NOTFOUND|PROTO|ADDR)|UND_ERR|ERR_(?:SSL|STREAM|SOCKET|TLS))/;
/** Texts of the auth library, which gRPC may report as another error. */
const CREDENTIALS =
  /Could not load the default credentials|Could not refresh access token|invalid_grant|invalid_client|invalid_rapt|does not contain a (?:client_email|private_key) field|unable to impersonate|Unexpected error determining execution environment|credentials? (?:file|json)/i;

/** The messages for a token that could not be fetched for now, although nobody has refused it. */
const NOT_NOW =
  /(?:refresh access token|determining execution environment).*(?:E(?:CONN|PIPE|HOST|NET|TIMEDOUT|AI_AGAIN|NOTFOUND)|socket hang up|time(?:d )?out|status code (?:408|429|5\d\d))/is;

function kindOf(error: unknown): Kind {
  const { name, message, code } = read(error);
  if (/Cannot find (?:package|module) '@google-cloud/.test(message) || code === 'MODULE_NOT_FOUND')
    return 'package';
  if (error instanceof NoProject) return 'project';
  if (NOT_NOW.test(message)) return 'network';
  if (CREDENTIALS.test(message)) return 'credentials';
  // A DOMException has a number as its code too, but not one of gRPC.
  if (name === 'TimeoutError') return 'network';
  if (typeof code === 'number') return CODES[code] ?? 'other';
  return NETWORK.test(code) ? 'network' : 'other';
}

function read(error: unknown) {
  const given = isObject(error) ? error : {};
  const { name, message, code } = given;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return { name: text(name), message: text(message), code: typeof code === 'number' ? code : text(code) };
}

const TRANSIENT: ReadonlySet<Kind> = new Set(['network', 'throttled', 'server']);

/** Returns true if the same request may succeed later. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT.has(kindOf(error));
}

/** Returns true if the same request fails until somebody repairs the setup, or the request. */
export function isLasting(error: unknown): boolean {
  const kind = kindOf(error);
  return !TRANSIENT.has(kind) && kind !== 'stranger' && kind !== 'other';
}

/** Returns true if one message may be the reason why Pub/Sub refused a request. */
export function isOfAnEntry(error: unknown): boolean {
  return kindOf(error) === 'entry';
}

/** Returns true if the server does not support the request, as some emulators don't. */
export function isUnimplemented(error: unknown): boolean {
  return kindOf(error) === 'stranger';
}

/** The uses of a topic or a subscription, and the permissions that each needs. */
const USES = {
  send: {
    what: 'topic',
    doing: 'publish to',
    role: 'roles/pubsub.publisher',
    create: 'gcloud pubsub topics create',
  },
  receive: {
    what: 'subscription',
    doing: 'receive from',
    role: 'roles/pubsub.subscriber',
    create: 'gcloud pubsub subscriptions create',
  },
} as const;

/** Says what was wrong with a request, and how to fix it. `resource` is the name of the topic or the subscription. */
export function explain(error: unknown, resource: string, use: keyof typeof USES): string {
  const cause = causeOf(error instanceof NoProject ? error.cause : error);
  const { what, doing, role, create } = USES[use];
  switch (kindOf(error)) {
    case 'package':
      return `@google-cloud/pubsub is not installed: npm install @google-cloud/pubsub@6.3.0 (${cause})`;
    case 'project':
      return `the Google client has no project: set GOOGLE_CLOUD_PROJECT, or give client: new PubSub({ projectId }) (${cause})`;
    case 'resource':
      return `there is no ${what} ${resource}: create it (${create}), or fix the option ${what} (${cause})`;
    case 'credentials':
      return `Google does not accept the credentials, or there are none: set GOOGLE_APPLICATION_CREDENTIALS, give the process a service account, or give client (${cause})`;
    case 'permission':
      return `the process may not ${doing} ${resource}: grant it ${role} (${cause})`;
    case 'precondition':
      return use === 'receive'
        ? `the subscription ${resource} can't be pulled from: is it a push subscription, or detached? (${cause})`
        : cause;
    case 'network':
      return `Pub/Sub could not be reached (${cause})`;
    case 'stranger':
      return `the server does not know this request: is it an emulator or a proxy? (${cause})`;
    default:
      return cause;
  }
}
