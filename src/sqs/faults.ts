import { isObject } from '../core/words/guards.ts';

/**
 * The names of errors that stay until somebody repairs the setup. Compared by their ends, because servers and protocols
 * put prefixes before them, and `Exception` behind.
 */
const LASTING =
  /(?:QueueDoesNotExist|NonExistentQueue|AccessDenied|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|IncompleteSignature|InvalidSignature|MissingAuthenticationToken|InvalidSecurity|InvalidAddress|OptInRequired|ExpiredToken|InvalidParameterValue|UnsupportedOperation|CredentialsProviderError|TokenProviderError|KmsDisabled|KmsNotFound|KmsAccessDenied)(?:Exception)?$/;

/** The text of a plain `Error` of the SDK. */
const NO_REGION = 'Region is missing';

/** Returns true if another try would fail in the same way: credentials, region, an unknown queue, a permission. */
export function isLasting(error: unknown): boolean {
  if (!isObject(error)) return false;
  if (error['name'] === 'EventsError' || String(error['message']).startsWith(NO_REGION)) return true;
  return [error['name'], error['Code'], error['code']].some((name) => LASTING.test(String(name)));
}

/** Says what probably mends a lasting error. */
export function mendFor(error: unknown): string {
  const { name, message } = error as Error;
  if (message.startsWith(NO_REGION)) return "Give its client { region: '…' }, or set AWS_REGION.";
  if (/ProviderError/.test(name))
    return 'Give its client credentials, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role.';
  if (/Queue/.test(name)) return 'Check account, region and name in queueUrl, or make the queue.';
  if (/AccessDenied/.test(name))
    return 'Allow sqs:ReceiveMessage, sqs:DeleteMessage and sqs:ChangeMessageVisibility on it.';
  return 'Check its credentials, and queueUrl.';
}
