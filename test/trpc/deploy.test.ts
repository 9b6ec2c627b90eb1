import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createTRPCClient,
  createWSClient,
  httpSubscriptionLink,
  wsLink,
  type TRPCClient,
  type TRPCWebSocketClient,
} from '@trpc/client';
import { tracked } from '@trpc/server';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { observable, type Unsubscribable } from '@trpc/server/observable';
import { EventSource } from 'eventsource';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { eventually, makeApp, t } from './app.ts';
import { gate } from '../setup/async.ts';

/** A table of the application's database, which outlives its processes. */
type Store = { readonly id: string; readonly note: string }[];
interface Input {
  readonly lastEventId?: string;
}

/** Makes the application of one process: a listener stores each note, and subscriptions catch up from the store. */
function makeProcess(store: Store) {
  const app = makeApp();
  app.router.on('noted', ({ event }) => void store.push({ id: event.id, note: event.payload }), {
    name: 'store',
  });
  const procedure = app.procedure.input((input) => input as Input);
  const counts = { open: 0, left: 0 };
  async function* notes({ lastEventId }: Input, signal: AbortSignal | undefined) {
    counts.open++;
    try {
      // The stream is opened before the store is read, so that nothing is missed between the two.
      const live = app.bus.stream('noted', { signal });
      let last = lastEventId ?? '';
      for (const { id, note } of store.filter((row) => row.id > last)) {
        last = id;
        yield tracked(id, note);
      }
      for await (const { id, payload } of live) if (id > last) yield tracked(id, payload);
    } finally {
      counts.left++;
    }
  }
  const isLate = gate();
  const goOn = gate();
  const appRouter = t.router({
    iterable: procedure.subscription(({ input, signal }) => notes(input, signal)),
    observable: procedure.subscription(({ input, signal }) =>
      observable<ReturnType<typeof tracked<string>>>((observer) => {
        void (async () => {
          for await (const note of notes(input, signal)) observer.next(note);
          observer.complete();
        })();
      }),
    ),
    late: app.procedure.mutation(async ({ ctx }) => {
      isLate.open();
      await goOn.promise;
      ctx.dispatch('noted', 'while closing');
    }),
  });
  const { late } = t.createCallerFactory(appRouter)({});
  return { ...app, counts, appRouter, late, isLate, goOn };
}
type Process = ReturnType<typeof makeProcess>;
type AppRouter = Process['appRouter'];

interface Running {
  /** Does what docs/platforms/node.md says for SIGTERM. Resolves when the process has nothing left to wait for. */
  shutDown(): Promise<void>;
}
interface Transport {
  serve(app: Process, server: Server): Running;
  connect(port: number): { readonly client: TRPCClient<AppRouter>; close(): unknown };
}

const TRANSPORTS: Record<string, Transport> = {
  'server-sent events': {
    serve: (app, server) => {
      server.on('request', createHTTPHandler({ router: app.appRouter }));
      return {
        async shutDown() {
          const isOver = once(server, 'close');
          server.close();
          await app.bus.close({ timeout: 10_000 });
          await isOver;
        },
      };
    },
    connect: (port) => {
      const url = `http://127.0.0.1:${port}`;
      const link = httpSubscriptionLink<AppRouter, typeof EventSource>({ url, EventSource });
      return { client: createTRPCClient<AppRouter>({ links: [link] }), close() {} };
    },
  },
  'a WebSocket': {
    serve: (app, server) => {
      const wss = new WebSocketServer({ server });
      const handler = applyWSSHandler({ wss, router: app.appRouter });
      return {
        async shutDown() {
          const isOver = once(server, 'close');
          server.close();
          wss.close();
          handler.broadcastReconnectNotification();
          await app.bus.close({ timeout: 10_000 });
          for (const socket of wss.clients) socket.close(1012);
          await isOver;
        },
      };
    },
    connect: (port) => {
      const url = `ws://127.0.0.1:${port}`;
      const client: TRPCWebSocketClient = createWSClient({ url, WebSocket: WebSocket as never });
      return {
        client: createTRPCClient<AppRouter>({ links: [wsLink<AppRouter>({ client })] }),
        close: () => client.close(),
      };
    },
  },
};

test.each(Object.keys(TRANSPORTS))(
  'after a deploy, 50 subscriptions by %s come back, and miss nothing',
  async (name) => {
    const transport = TRANSPORTS[name]!;
    const store: Store = [];
    const first = makeProcess(store);
    const firstServer = createServer().listen(0, '127.0.0.1');
    const firstRunning = transport.serve(first, firstServer);
    await once(firstServer, 'listening');
    const { port } = firstServer.address() as AddressInfo;

    const connections = Array.from({ length: 5 }, () => transport.connect(port));
    const wrong: unknown[] = [];
    const readings = Array.from({ length: 50 }, (_, i) => {
      const notes: string[] = [];
      const client = connections[i % connections.length]!.client as any;
      const subscription: Unsubscribable = client[i % 2 === 0 ? 'iterable' : 'observable'].subscribe(
        {},
        {
          onData: ({ data }: { data: string }) => void notes.push(data),
          onComplete: () => void wrong.push('complete'),
          onError: (error: unknown) => void wrong.push(error),
        },
      );
      return { notes, subscription };
    });
    const all = (...notes: string[]) =>
      expect(readings.map((each) => each.notes)).toEqual(readings.map(() => notes));
    await eventually(() => expect(first.counts.open).toBe(50));
    await first.bus.publish('noted', 'first');
    await eventually(() => all('first'));

    const late = first.late();
    await first.isLate.promise;
    const ending = firstRunning.shutDown();
    // The open call holds up `close` until all generators have ended, and their clients have got everything.
    await eventually(() => expect(first.counts.left).toBe(50));
    first.goOn.open();
    await late;
    await ending;
    expect(wrong).toEqual([]);

    const second = makeProcess(store);
    await second.bus.publish('noted', 'before they are back');
    const secondServer = createServer().listen(port, '127.0.0.1');
    const secondRunning = transport.serve(second, secondServer);
    await expect.poll(() => second.counts.open, { timeout: 20_000 }).toBe(50);
    await second.bus.publish('noted', 'live again');
    await eventually(() => all('first', 'while closing', 'before they are back', 'live again'));
    expect(wrong).toEqual([]);

    for (const { subscription } of readings) subscription.unsubscribe();
    await Promise.all(connections.map((connection) => connection.close()));
    await secondRunning.shutDown();
  },
  60_000,
);
