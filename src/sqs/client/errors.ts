import { isObject } from '../../core/words/guards.ts';
import { causeOf } from '../../core/words/quote.ts';

/** The subject of an error of the AWS SDK, or of a `Failed` entry of a batch. */
type Kind =
  | 'package'
  | 'region'
  | 'network'
  | 'throttled'
  | 'server'
  | 'queue'
  | 'credentials'
  | 'permission'
  | 'entry'
  | 'stranger'
  | 'other';

/** The error for a client whose region is not the queue's, so that it would not find the queue. */
export class WrongRegion extends Error {
  override readonly name = 'WrongRegion';

  constructor(ofQueue: string, ofClient: string) {
    super(
      `the queue is in ${ofQueue}, and its client is for ${ofClient}: correct queueUrl, or give client: new SQSClient({ region: '${ofQueue}' })`,
    );
  }
}

/** Codes of Node.js for a connection that can't be made, or has ended. */
const NETWORK =
  /^(?:E(?:CONN|PIPE|HOST|NET|TIMEDOUT|AI_AGAIN|NOTFOUND|MFILE|PROTO|ADDR)|HPE_|UND_ERR|ERR_(?:SSL|STREAM|SOCKET|TLS))/;
/** The names that AWS gives to errors. The first that fits counts, because a throttled KMS key is not a missing permission. */
const NAMES: readonly (readonly [Kind, RegExp])[] = [
  [
    'throttled',
    /throttl|TooManyRequests|RequestLimitExceeded|SlowDown|PriorRequestNotComplete|BandwidthLimit/i,
  ],
  ['server', /^(?:Internal|ServiceUnavailable|.*Timeout|RequestTimeTooSkewed)/],
  ['queue', /^(?:QueueDoesNotExist|NonExistentQueue|InvalidAddress)/],
  [
    'credentials',
    /CredentialsProvider|TokenProvider|Signature|AuthenticationToken|InvalidClientTokenId|InvalidAccessKeyId|UnrecognizedClient|ExpiredToken|InvalidSecurity|OptInRequired/,
  ],
  ['permission', /AccessDenied|NotAuthorized|KMS\.|Kms/],
  ['entry', /^(?:Invalid|BatchRequestTooLong|MissingParameter|UnsupportedOperation$)/],
];

function kindOf(error: unknown): Kind {
  const { name, message, code, status } = read(error);
  if (/Cannot find (?:package|module) '@aws-sdk/.test(message) || /MODULE_NOT_FOUND/.test(code))
    return 'package';
  if (error instanceof WrongRegion || message.startsWith('Region is missing')) return 'region';
  if (NETWORK.test(code) || name === 'TimeoutError') return 'network';
  if (status === 429) return 'throttled';
  if (status >= 500) return 'server';
  if (name === 'SyntaxError' && status > 0) return 'stranger';
  return NAMES.find(([, names]) => names.test(name))?.[0] ?? 'other';
}

function read(error: unknown) {
  const given = isObject(error) ? error : {};
  const metadata = isObject(given['$metadata']) ? given['$metadata'] : {};
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return {
    // Some servers put the namespace of the older protocol in front.
    name: text(given['name']).replace('AWS.SimpleQueueService.', ''),
    message: text(given['message']),
    code: text(given['code']),
    status: Number(metadata['httpStatusCode'] ?? 0),
  };
}

const TRANSIENT: ReadonlySet<Kind> = new Set(['network', 'throttled', 'server']);

/** Returns true if the same request may succeed later. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT.has(kindOf(error));
}

/** Returns true if nobody has answered. */
export function isUnreachable(error: unknown): boolean {
  return kindOf(error) === 'network';
}

/** Returns true if the same request fails until somebody repairs the setup, or the request. */
export function isLasting(error: unknown): boolean {
  const kind = kindOf(error);
  return !TRANSIENT.has(kind) && kind !== 'stranger' && kind !== 'other';
}

/** Returns true if one entry may be the reason why SQS refused a batch. */
export function isOfAnEntry(error: unknown): boolean {
  return kindOf(error) === 'entry';
}

/** Returns true for the answer to a batch without entries, which is refused when everything else was right. */
export function isEmptyBatch(error: unknown): boolean {
  return read(error).name.startsWith('EmptyBatchRequest');
}

/** Returns true if the entry itself was wrong, so that the same would be refused again. */
export function isSendersFault(code: string | undefined, senderFault: unknown): boolean {
  // Moto returns "true" as a string. SQS blames the sender for a throttled entry too, but that may succeed later.
  return String(senderFault) === 'true' && !isTransient({ name: code });
}

/** The uses of a queue, and the permissions that each needs. */
const USES = {
  send: ['send to', 'sqs:SendMessage, and for an encrypted queue kms:GenerateDataKey and kms:Decrypt'],
  receive: [
    'receive from',
    'sqs:ReceiveMessage, sqs:DeleteMessage and sqs:ChangeMessageVisibility, and for an encrypted queue kms:Decrypt',
  ],
} as const;

/** Says what was wrong with a request, and how to fix it. */
export function explain(error: unknown, queueUrl: string, use: keyof typeof USES): string {
  const cause = causeOf(error);
  const [doing, permissions] = USES[use];
  switch (kindOf(error)) {
    case 'package':
      return `@aws-sdk/client-sqs is not installed: npm install @aws-sdk/client-sqs (${cause})`;
    case 'region':
      return error instanceof WrongRegion
        ? error.message
        : 'the AWS client has no region: set AWS_REGION, or give client: new SQSClient({ region })';
    case 'queue':
      return `there is no queue ${queueUrl}: create it, or fix the option queueUrl (${cause})`;
    case 'credentials':
      return `AWS does not accept the credentials, or there are none: set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, give the process a role, or give client (${cause})`;
    case 'permission':
      return `the process may not ${doing} ${queueUrl}: allow it ${permissions} (${cause})`;
    case 'network':
      return `${new URL(queueUrl).host} could not be reached (${cause})`;
    case 'stranger':
      return `${new URL(queueUrl).host} has answered with status ${read(error).status}, and not as SQS does: a proxy may stand between`;
    default:
      return cause;
  }
}
