import { Clients } from '../servers/clients.ts';
import type { Fetch } from '../servers/http2-fetch.ts';
import { startFreezing } from './freezing-process.ts';
import type { FrozenRouter } from './frozen-app.ts';
import { ANSWER } from './journal.ts';
import type { Invoke } from './lambda-environment.ts';

export const FORMATS = ['1.0', '2.0'] as const;
export const HANDLERS = ['buffered', 'streaming'] as const;

interface Environment extends AsyncDisposable {
  /** Invokes the function, which is frozen before and after. Resolves to the answer of its handler. */
  invoke(invoke: Invoke): Promise<string>;
  /** Returns the lines of each invocation, without its answer, and last the lines since then, if `end` let it go on. */
  invocations(): string[][];
  /** Lets the process go on until it ends by itself. Resolves to its exit code. */
  end(): Promise<number | null>;
  readonly printed: readonly string[];
}

/** Starts an environment that is frozen except during invocations. `env` tells the process where it runs. */
export async function startLambda(env = { AWS_LAMBDA_FUNCTION_NAME: 'function' }): Promise<Environment> {
  const process = startFreezing(new URL('lambda-environment.ts', import.meta.url), {}, env);
  await process.message();
  let count = 0;
  return {
    printed: process.printed,
    async invoke(invoke) {
      await process.thaw();
      process.child.send(invoke);
      count++;
      await process.frozen(count);
      const answer = process.journal()[count - 1]!.find((line) => line.startsWith(ANSWER));
      return answer!.slice(ANSWER.length);
    },
    invocations: () => process.journal().map((lines) => lines.filter((line) => !line.startsWith(ANSWER))),
    async end() {
      const exit = new Promise<number | null>((resolve) => process.child.once('exit', resolve));
      await process.thaw();
      process.child.disconnect();
      return exit;
    },
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

/** Makes tRPC clients of such a function behind an API Gateway. */
export function lambdaClients(
  environment: Environment,
  kind: (typeof HANDLERS)[number],
  format: (typeof FORMATS)[number],
): Clients<FrozenRouter> {
  const fetch: Fetch = async (input, init = {}) => {
    const event = gatewayEvent(format, new URL(input), init);
    return responseOf(await environment.invoke({ kind, event }), kind);
  };
  return new Clients<FrozenRouter>({ url: 'https://api.example.com/trpc', fetch });
}

/** Makes the event that this version of API Gateway's proxy integration sends. */
function gatewayEvent(format: (typeof FORMATS)[number], url: URL, init: RequestInit): unknown {
  const { method = 'GET', body } = init;
  const headers = Object.fromEntries(new Headers(init.headers));
  const proxy = url.pathname.replace(/^\/trpc\//, '');
  const common = { headers, pathParameters: { proxy }, body: body ?? null, isBase64Encoded: false };
  if (format === '1.0')
    return {
      ...common,
      version: '1.0',
      httpMethod: method,
      path: url.pathname,
      resource: '/trpc/{proxy+}',
      queryStringParameters: Object.fromEntries(url.searchParams),
      requestContext: { domainName: url.hostname },
    };
  return {
    ...common,
    version: '2.0',
    routeKey: `${method} /trpc/{proxy+}`,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    requestContext: { domainName: url.hostname, http: { method } },
  };
}

function responseOf(answer: string, kind: (typeof HANDLERS)[number]): Response {
  if (kind === 'buffered') {
    const { statusCode, headers, body } = JSON.parse(answer);
    return new Response(body, { status: statusCode, headers });
  }
  const bytes = Buffer.from(answer, 'base64');
  const end = bytes.indexOf(Buffer.alloc(8));
  const { statusCode, headers } = JSON.parse(bytes.subarray(0, end).toString());
  return new Response(bytes.subarray(end + 8), { status: statusCode, headers });
}
