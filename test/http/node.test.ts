import { once } from 'node:events';
import {
  Agent,
  createServer,
  request as requestOf,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import {
  connect,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { withEvents } from '../../src/index.ts';
import { http2Fetch } from '../servers/http2-fetch.ts';
import { serve } from '../servers/start.ts';
import { later, makeApp } from './app.ts';

/** Answers with the status in the path: at once, or later, in a timer or after an await. */
function answer(url: string | undefined, respond: (status: number) => void): Promise<void> | undefined {
  const [, how, status] = url!.split('/');
  if (how === 'now') respond(Number(status));
  if (how === 'timer') setTimeout(() => respond(Number(status)), 5);
  if (how === 'async') return later().then(() => respond(Number(status)));
  return undefined;
}
const PATHS = ['now/200', 'now/500', 'timer/201', 'timer/404', 'async/302', 'async/400'];
const KEPT = ['/now/200', '/timer/201', '/async/302'];
const DROPPED = ['/now/500', '/timer/404', '/async/400'];

test('the status of a response decides, over one connection that is kept alive', async () => {
  const app = makeApp();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  {
    const server = createServer(
      withEvents(app.bus, (request: IncomingMessage, response: ServerResponse) => {
        app.note(request.url!);
        app.watch(response);
        return answer(request.url, (status) => response.writeHead(status).end());
      }),
    );
    await using running = await serve(server);
    const statuses = await Promise.all(
      PATHS.map(async (path) => {
        const request = requestOf(`${running.url}/${path}`, { agent }).end();
        const [response] = (await once(request, 'response')) as [IncomingMessage];
        response.resume();
        await once(response, 'end');
        return response.statusCode;
      }),
    );
    expect(statuses).toEqual([200, 500, 201, 404, 302, 400]);
    agent.destroy();
  }
  await app.end();
  expect([app.handled, app.dropped]).toEqual([KEPT, DROPPED]);
});

test('the status of a response decides, over HTTP/2', async () => {
  const app = makeApp();
  const server = createHttp2Server(
    withEvents(app.bus, (request: Http2ServerRequest, response: Http2ServerResponse) => {
      app.note(request.url);
      return answer(request.url, (status) => response.writeHead(status).end());
    }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const session = connect(url);
  const fetch = http2Fetch(session);
  for (const path of PATHS) await (await fetch(`${url}/${path}`)).text().catch(() => {});
  session.close();
  server.close();
  await once(server, 'close');
  await app.end();
  expect([app.handled, app.dropped]).toEqual([KEPT, DROPPED]);
});

/** Requests a path, and leaves when the server has the request. */
async function leave(handle: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<void> {
  const server = createServer();
  await using running = await serve(server);
  const client = requestOf(running.url).end();
  client.on('error', () => {});
  const [request, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  const closed = once(response, 'close');
  handle(request, response);
  client.destroy();
  await closed;
  await later(20);
}

test('a client that goes away before a callback answers is no failure, because work may have been done', async () => {
  const app = makeApp();
  await leave(
    withEvents(app.bus, () => {
      app.note('done');
      setTimeout(() => app.note('done later'), 10);
    }),
  );
  await app.end();
  expect([app.handled, app.dropped]).toEqual([['done', 'done later'], []]);
});

test('a client that goes away while an async handler runs changes nothing: the end of the handler decides', async () => {
  const app = makeApp();
  const handler = (fails: boolean) =>
    withEvents(app.bus, async (_request: IncomingMessage, response: ServerResponse) => {
      app.note(`before the client left, fails: ${fails}`);
      await once(response, 'close');
      await later();
      app.note(`after the client left, fails: ${fails}`);
      if (fails) throw new Error('wrong');
      response.end();
    });
  await leave(handler(false));
  await leave((request, response) => handler(true)(request, response).catch(() => {}));
  await app.end();
  expect(app.handled).toEqual([
    'before the client left, fails: false',
    'after the client left, fails: false',
  ]);
  expect(app.dropped).toEqual(['before the client left, fails: true', 'after the client left, fails: true']);
});

test('a client that goes away after a status of failure was set is a failure', async () => {
  const app = makeApp();
  await leave(
    withEvents(app.bus, (_request: IncomingMessage, response: ServerResponse) => {
      app.note('a');
      response.statusCode = 500;
    }),
  );
  await app.end();
  expect([app.handled, app.dropped]).toEqual([[], ['a']]);
});

test('listeners run in the async context of the call, though the response ends in another one', async () => {
  const { AsyncLocalStorage } = await import('node:async_hooks');
  const app = makeApp();
  const requestIds = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  app.bus.observe({
    name: 'ids',
    wrapAttempt: async (_info, run) => {
      seen.push(requestIds.getStore());
      await run();
    },
  });
  {
    const server = createServer((request, response) =>
      requestIds.run(request.url!, () =>
        withEvents(app.bus, (_request: IncomingMessage, response: ServerResponse) => {
          app.note('a');
          requestIds.exit(() => setTimeout(() => response.end(), 5));
        })(request, response),
      ),
    );
    await using running = await serve(server);
    await Promise.all(['/1', '/2'].map((path) => fetch(running.url + path)));
  }
  await app.end();
  expect(new Set(seen)).toEqual(new Set(['/1', '/2']));
});

test('many handlers on one response add few listeners to it', async () => {
  const app = makeApp();
  let handler = (_request: IncomingMessage, response: ServerResponse): void => {
    app.note('a');
    setTimeout(() => response.end(), 5);
  };
  for (let n = 0; n < 30; n++) handler = withEvents(app.bus, handler);
  let listeners = 0;
  {
    const server = createServer((request, response) => {
      const before = response.listenerCount('close') + response.listenerCount('finish');
      handler(request, response);
      listeners = response.listenerCount('close') + response.listenerCount('finish') - before;
    });
    await using running = await serve(server);
    await fetch(running.url);
  }
  await app.end();
  expect([app.handled, listeners]).toEqual([['a'], 2]);
});
