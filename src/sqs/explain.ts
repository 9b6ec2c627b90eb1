import { isObject } from '../core/words/guards.ts';
import { causeOf } from '../core/words/quote.ts';

/** An error of the AWS SDK, or a `Failed` entry of a batch: what is known of it. */
interface Known {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly status: number;
}

const THROTTLED =
  /throttl|TooManyRequests|RequestLimitExceeded|SlowDown|PriorRequestNotComplete|BandwidthLimit/i;
const FAULT_OF_SERVER = /^(?:Internal|ServiceUnavailable|.*Timeout|RequestTimeTooSkewed)/;
/** Codes of Node.js for a connection that can't be made, or has ended. */
const NETWORK =
  /^(?:E(?:CONN|PIPE|HOST|NET|TIMEDOUT|AI_AGAIN|NOTFOUND|MFILE|PROTO|ADDR)|UND_ERR|ERR_(?:SSL|STREAM|SOCKET|TLS))/;
const NO_PERMISSION = /AccessDenied|NotAuthorized|KMS\.|Kms/;
const BAD_CREDENTIALS =
  /CredentialsProvider|Signature|InvalidClientTokenId|InvalidAccessKeyId|UnrecognizedClient|ExpiredToken|InvalidSecurity|OptInRequired/;
/** Names of errors that may be about one entry of a batch, for which SQS can refuse all of it. */
const OF_AN_ENTRY =
  /^(?:Invalid(?!Address|Security|Client|Access)|BatchRequestTooLong|MissingParameter|UnsupportedOperation$)/;

function read(error: unknown): Known {
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

/** Returns true if the same request may succeed later. */
export function isTransient(error: unknown): boolean {
  const { name, code, status } = read(error);
  return (
    NETWORK.test(code) ||
    status >= 500 ||
    status === 429 ||
    THROTTLED.test(name) ||
    FAULT_OF_SERVER.test(name)
  );
}

/** Returns true if one entry may be the reason why SQS refused a batch. */
export function isOfAnEntry(error: unknown): boolean {
  const { name, status } = read(error);
  return OF_AN_ENTRY.test(name) && status < 500 && !BAD_CREDENTIALS.test(name);
}

/** Returns true for the answer to a batch without entries, which is refused when everything else was right. */
export function isEmptyBatch(error: unknown): boolean {
  return read(error).name.startsWith('EmptyBatchRequest');
}

/** Says what was wrong with a request, and how to fix it. */
export function explain(error: unknown, queueUrl: string): string {
  const { name, message, code } = read(error);
  const cause = causeOf(error);
  if (/Cannot find (?:package|module) '@aws-sdk/.test(message) || /MODULE_NOT_FOUND/.test(code))
    return `@aws-sdk/client-sqs is not installed: npm install @aws-sdk/client-sqs (${cause})`;
  if (/Region is missing/.test(message))
    return 'the AWS client has no region: set AWS_REGION, or give client: new SQSClient({ region })';
  if (/^(?:QueueDoesNotExist|NonExistentQueue)/.test(name) || /InvalidAddress/.test(name))
    return `there is no queue ${queueUrl}: create it, or correct queueUrl (${cause})`;
  if (BAD_CREDENTIALS.test(name))
    return `AWS does not accept the credentials, or there are none: set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, give the process a role, or give client (${cause})`;
  if (NO_PERMISSION.test(name) && !THROTTLED.test(name))
    return `the process may not send to ${queueUrl}: allow it sqs:SendMessage, and for an encrypted queue kms:GenerateDataKey and kms:Decrypt (${cause})`;
  if (NETWORK.test(code)) return `${new URL(queueUrl).host} could not be reached (${cause})`;
  return cause;
}
