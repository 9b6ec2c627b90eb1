/** An error that the server answers with, by its name in the JSON protocol and in the older query protocol. */
export class SqsError extends Error {
  readonly type: string;
  readonly code: string;
  readonly status: number;

  constructor(type: string, message: string, code = type, status = 400) {
    super(message);
    this.type = type;
    this.code = code;
    this.status = status;
  }
}

export const unknownQueue = () =>
  new SqsError(
    'QueueDoesNotExist',
    'The specified queue does not exist.',
    'AWS.SimpleQueueService.NonExistentQueue',
  );
export const badValue = (message: string) =>
  new SqsError('InvalidParameterValueException', message, 'InvalidParameterValue');
export const missing = (parameter: string) =>
  new SqsError(
    'MissingParameterException',
    `The request must contain the parameter ${parameter}.`,
    'MissingParameter',
  );
export const badHandle = (handle: unknown) =>
  new SqsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${String(handle)}" is not a valid receipt handle.`,
  );
export const badCharacters = () =>
  new SqsError(
    'InvalidMessageContents',
    'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF',
  );
/** Makes an error whose name has a prefix in the query protocol. */
export const sqsError = (name: string, message: string) =>
  new SqsError(name, message, `AWS.SimpleQueueService.${name}`);
export const throttled = () => new SqsError('ThrottlingException', 'Rate exceeded');
export const internal = () => new SqsError('InternalError', 'An internal error', 'InternalError', 500);
export const accessDenied = () =>
  new SqsError(
    'AccessDeniedException',
    'User is not authorized to perform: sqs:sendmessage',
    'AccessDenied',
    403,
  );
