import type { ServerResponse } from 'node:http';
import { PassThrough, type Writable } from 'node:stream';
import { awsLambdaStreamingRequestHandler } from '@trpc/server/adapters/aws-lambda';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { serveLambda } from './lambda-host.ts';
import type { Serve } from './adapter.ts';

type StreamingHandler = (event: APIGatewayProxyEventV2, stream: Writable, context: Context) => Promise<void>;
interface Metadata {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
}

/** Imitates the streaming part of Lambda's Node.js runtime: a global, which gives the handler a stream to write to. */
class ResponseStream extends PassThrough {
  readonly response: ServerResponse;
  constructor(response: ServerResponse) {
    super();
    this.response = response;
    this.pipe(response);
  }
  setContentType(type: string): void {
    this.response.setHeader('content-type', type);
  }
}
const awslambda = {
  streamifyResponse: (handler: StreamingHandler) => handler,
  HttpResponseStream: {
    from(stream: ResponseStream, { statusCode, headers }: Metadata): ResponseStream {
      stream.response.writeHead(statusCode, headers);
      return stream;
    },
  },
};
Object.assign(globalThis, { awslambda });

export const serve: Serve = (app) => {
  const handler = awslambda.streamifyResponse(
    awsLambdaStreamingRequestHandler(app as never) as unknown as StreamingHandler,
  );
  return serveLambda(app, async (event, context, response) => {
    await handler(event, new ResponseStream(response), context);
    return undefined;
  });
};
