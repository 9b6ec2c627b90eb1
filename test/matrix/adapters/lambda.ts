import { awsLambdaRequestHandler } from '@trpc/server/adapters/aws-lambda';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { serveLambda } from './lambda-host.ts';
import type { Serve } from './adapter.ts';

export const serve: Serve = (app) => {
  const handler = awsLambdaRequestHandler(app as never) as unknown as (
    event: APIGatewayProxyEventV2,
    context: Context,
  ) => Promise<{ statusCode: number; headers: Record<string, string>; body: string }>;
  return serveLambda(app, async (event, context, response) => {
    const { statusCode, headers, body } = await handler(event, context);
    return () => response.writeHead(statusCode, headers).end(body);
  });
};
