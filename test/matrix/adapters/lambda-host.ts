import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { App } from '../app.ts';
import { listen } from './adapter.ts';

/** Calls the handler of a function. Returns a function that sends the answer, unless the answer was streamed. */
export type Invoke = (
  event: APIGatewayProxyEventV2,
  context: Context,
  response: ServerResponse,
) => Promise<(() => unknown) | undefined>;

/**
 * Connects HTTP to a function: invokes the function with one request at a time, as Lambda does, and logs when the
 * handler was called and when it had resolved. Only between those two moments may the function run.
 */
export function serveLambda(app: App, invoke: Invoke): Promise<string> {
  let last: Promise<unknown> = Promise.resolve();
  async function run(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const event = await eventOf(request);
    app.log.push('invoked');
    const answer = await invoke(event, { functionName: 'matrix' } as Context, response);
    app.log.push('frozen');
    answer?.();
  }
  return listen(
    createServer((request, response) => {
      last = last.then(() => run(request, response)).catch((error) => response.destroy(error as Error));
    }),
  );
}

/** Makes the event that a function URL gives for a request. */
async function eventOf(request: IncomingMessage): Promise<APIGatewayProxyEventV2> {
  const { pathname, search } = new URL(request.url!, 'http://localhost');
  const body = await text(request);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: request.headers as Record<string, string>,
    requestContext: { domainName: 'localhost', http: { method: request.method } },
    isBase64Encoded: false,
    ...(body !== '' && { body }),
  } as APIGatewayProxyEventV2;
}
