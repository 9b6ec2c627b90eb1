import { type Closable, isClosed, responseIn } from '../defer/close.ts';

/** The members of a Node response that are used, besides those of `Closable`. */
interface Response extends Closable {
  readonly statusCode: number;
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  once(event: 'finish' | 'close', listener: () => void): unknown;
}

/** The response by which a Node handler answers. */
export interface Answer {
  readonly response: Response;
  /** Fastify's reply: what its handler returns is sent as the body. */
  readonly reply: { readonly sent?: unknown } | undefined;
}

/**
 * Finds the Node response in a handler's arguments: the second, or the third in error middleware of express. In other
 * functions, these arguments may throw when read.
 */
export function answerIn([, second, third]: readonly unknown[]): Answer | undefined {
  try {
    return answerOf(second) ?? answerOf(third);
  } catch {
    return undefined;
  }
}

function answerOf(value: unknown): Answer | undefined {
  const response = responseIn(value);
  if (response === undefined || !('statusCode' in response)) return undefined;
  return { response: response as Response, reply: response === value ? undefined : (value as object) };
}

/** Returns true if the status can't change anymore. */
export function isAnswered({ response }: Answer): boolean {
  return response.headersSent || response.writableEnded || isClosed(response);
}

/** A call that waits for its response to be answered. */
interface Waiting {
  /** Later calls have higher numbers. */
  readonly order: number;
  callback(): void;
}

/** The waiting calls of each response, so that nested handlers share one listener. */
const waiting = new WeakMap<Response, Waiting[]>();

/**
 * Calls back once, when the response has ended or its client has gone. The call that began last is called back first, so
 * that inner calls settle before the calls around them.
 */
export function whenAnswered({ response }: Answer, order: number, callback: () => void): void {
  const known = waiting.get(response);
  if (known !== undefined) return void known.push({ order, callback });
  const list: Waiting[] = [{ order, callback }];
  waiting.set(response, list);
  const tell = () => {
    waiting.delete(response);
    for (const { callback } of list.splice(0).sort((a, b) => b.order - a.order)) callback();
  };
  response.once('finish', tell);
  response.once('close', tell);
}
