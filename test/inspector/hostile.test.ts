import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { initTRPC } from '@trpc/server';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { listening, mounted, type Served } from './ask.ts';
import { anInspector, e, entriesOf, only } from './inspected.ts';

const NASTY = '<img src=x onerror=alert(1)>\u001B[31m\u202E\u0000\u2028</script>"\'`';

/** A hostile event id, without control characters, because ids have none. */
const NASTY_ID = '<img src=x onerror=alert(1)>\u202E"\'`/../%2e';

/** Reads everything that an inspector serves. */
async function allOf(served: Served): Promise<string> {
  const { text } = await served.get('/api/entries?once');
  const ids = [...new Set(Array.from(text.matchAll(/"event":"([^"]+)"/g), ([, id]) => id!))];
  const texts = [text];
  for (const path of ['wiring', 'asyncapi', ...ids.map((id) => `events/${encodeURIComponent(id)}`)])
    texts.push((await served.get(`/api/${path}`)).text);
  return texts.join('\n');
}

test('Paths, names, keys, metas, errors, causes and addresses of markup and escapes come out as JSON text, escaped.', async () => {
  const inspector = anInspector();
  const handlers = e.router().on(
    'cat.spotted',
    () => {
      throw Object.assign(new Error(NASTY, { cause: new Error(NASTY) }), { code: NASTY });
    },
    { name: NASTY },
  );
  await using bus = e.bus({ handlers: [handlers], observers: [inspector], onError: () => {} });
  const t = initTRPC.create();
  const spot = t.procedure
    .use(bus.middleware())
    .input(z.unknown())
    .mutation(({ ctx }) => ctx.dispatch('cat.spotted', NASTY));
  const caller = t.createCallerFactory(t.router({ [NASTY]: spot }))({});
  await caller[NASTY](1);
  await bus.publish('cat.spotted', { [NASTY]: [NASTY] }, { key: NASTY, meta: { [NASTY]: NASTY } });
  await bus.deliver(
    { id: NASTY_ID, name: 'cat.spotted', payload: NASTY, time: new Date() },
    { from: { system: NASTY, destination: NASTY } },
  );
  await bus.deliver({ id: NASTY, name: NASTY, payload: 1, time: new Date() }).catch(() => {});
  await bus.drain();
  await using served = await listening(inspector);
  const all = await allOf(served);
  // JSON text must escape control characters.
  expect(all).not.toContain('\u0000');
  expect(all).not.toContain('\u001B');
  const entries = await entriesOf(inspector);
  expect(only(entries, 'opened').map(({ path }) => path)).toContain(NASTY);
  expect(only(entries, 'gaveUp')[0]).toMatchObject({
    listener: NASTY,
    error: { message: NASTY, code: NASTY, cause: { message: NASTY } },
  });
  expect(only(entries, 'dispatched').map(({ key }) => key)).toContain(NASTY);
  expect(only(entries, 'arrived')[0]).toMatchObject({ event: NASTY_ID, system: NASTY, destination: NASTY });
  expect(only(entries, 'refused')[0]).toMatchObject({ name: NASTY });
  for (const path of [
    '/api/entries?once',
    '/api/wiring',
    '/api/asyncapi',
    `/api/events/${encodeURIComponent(NASTY_ID)}`,
  ]) {
    const { headers, status } = await served.get(path);
    expect([path, status]).toEqual([path, 200]);
    expect(headers['content-type']).toMatch(/^application\/(json|x-ndjson)$/);
  }
});

test('Texts of 1 MB in names, paths, keys, errors and destinations are cut, and getters that throw end nothing.', async () => {
  const inspector = anInspector();
  const long = 'x'.repeat(1024 * 1024);
  const thrown = Object.defineProperty(new Error(long), 'stack', {
    get: () => {
      throw new Error('no stack');
    },
  });
  const handlers = e.router().on('cat.spotted', () => Promise.reject(thrown), { name: `n${long}` });
  await using bus = e.bus({ handlers: [handlers], observers: [inspector], onError: () => {} });
  await bus.publish('cat.spotted', { [long]: long }, { key: long, meta: { long } });
  await bus.deliver(
    { id: 'e-1', name: 'cat.spotted', payload: long, time: new Date() },
    { from: { system: long, destination: long } },
  );
  await bus.drain();
  const entries = await entriesOf(inspector);
  expect(only(entries, 'gaveUp')).toHaveLength(2);
  expect(JSON.stringify(entries).length).toBeLessThan(30_000);
});

test('Hidden values are in no byte that leaves a worker, and in none that leaves the process that shows it.', async () => {
  const SECRETS = ['4111-2222-3333', 'ada@example.org', 'hunter2!"x', '987654321', 'tok-en-77', 'pin-9191'];
  const bodies: string[] = [];
  const web = anInspector({ process: 'web of secrets' });
  await using served = await listening(web);
  // This server stands between the worker and the inspector, and sees all bytes.
  const between = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      bodies.push(body);
      const { authorization = '' } = request.headers;
      const headers = { authorization, 'content-type': 'application/json' };
      void served
        .ask('/api/entries', { method: 'POST', headers, body })
        .then(({ status, text }) => response.writeHead(status).end(text));
    });
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
  const { port } = between.address() as AddressInfo;
  const worker = anInspector({
    forwardTo: `http://127.0.0.1:${port}/#token=${served.token}`,
    redact: { 'order.*': ['card.number', 'lines.*.price'], 'user.*': ['email'], 'cat.*': ['list.*.1'] },
  });
  const quote = (values: readonly unknown[]) =>
    new Error(`no ${values.join(' ')}`, { cause: new Error(JSON.stringify(values)) });
  const handlers = e
    .router()
    .on('order.placed', ({ event }) => {
      throw quote([event.payload.card.number, event.payload.lines[0]!.price]);
    })
    .on('user.created', ({ event }) => Promise.reject(quote([event.payload.email])))
    .on('key.made', ({ event }) => Promise.reject(quote([event.payload.pin])))
    .on('cat.spotted', ({ event }) => Promise.reject(quote([JSON.stringify(event.payload)])));
  await using bus = e.bus({ handlers: [handlers], observers: [worker], onError: () => {} });
  const [card, email, password, price, token, pin] = SECRETS as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  await bus.publish(
    'order.placed',
    { card: { number: card }, lines: [{ price: Number(price) }] },
    { key: card, meta: { of: card } },
  );
  await bus.publish('user.created', { id: 'a', email }, { key: email });
  await bus.publish('key.made', { pin, label: `for ${pin}` });
  await bus.publish('cat.spotted', {
    fill: 'x'.repeat(70_000),
    note: [`${password} ${token}`],
    password,
    list: [['a', card]],
    headers: new Map([['authorization', `Bearer ${token}`]]),
    token,
  });
  await bus.publish('mail.sent', { to: 'a' }, { meta: { apiKey: token } });
  await bus.drain();
  await vi.waitFor(() => expect(bodies.join('')).toContain('mail.sent'), 5000);
  await vi.waitFor(
    async () => expect((await served.get('/api/entries?once')).text).toContain('mail.sent'),
    5000,
  );
  for (const bytes of [bodies.join('\n'), await allOf(served)]) {
    expect(bytes).toContain('redacted');
    expect(bytes).toContain('gaveUp');
    for (const secret of SECRETS) {
      expect(bytes).not.toContain(secret);
      expect(bytes).not.toContain(JSON.stringify(JSON.stringify(secret)).slice(3, -3));
    }
  }
  for (const secret of SECRETS) {
    const { json } = await served.get(`/api/search?payload=${encodeURIComponent(secret)}`);
    expect([secret, json]).toEqual([secret, { events: [] }]);
  }
  between.closeAllConnections();
  between.close();
});

test('Each answer has the headers of safety, whatever its status.', async () => {
  const inspector = anInspector();
  await using first = await listening(inspector);
  await using second = await mounted(inspector, first.token);
  for (const served of [first, second]) {
    const authorization = `Bearer ${served.token}`;
    const { origin } = served;
    const answers = [
      await served.get('/api/wiring'),
      await served.ask('/api/wiring'),
      await served.ask('/api/wiring', { headers: { host: 'evil.example' } }),
      await served.get('/api/nothing'),
      await served.get('/api/search'),
      await served.get('/api/clear'),
      await served.get('/'),
      await served.post('/api/publish', { event: 'nobody' }),
      await served.ask('/api/publish', {
        method: 'POST',
        headers: { authorization, origin, 'content-type': 'text/plain' },
      }),
      await served.ask('/api/publish', {
        method: 'POST',
        headers: { authorization, origin, 'content-type': 'application/json' },
        body: Buffer.alloc(2 * 1024 * 1024, 0x20),
      }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 403, 404, 400, 405, 503, 404, 415, 413]);
    for (const { headers, status } of answers) {
      expect([status, headers]).toMatchObject([
        status,
        {
          'content-security-policy': expect.stringContaining("trusted-types 'none'"),
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
          'cache-control': 'no-store',
        },
      ]);
      expect(Object.keys(headers).filter((name) => /^access-control|^set-cookie/.test(name))).toEqual([]);
    }
  }
});

test.for([
  'GET http://evil.example/api/wiring HTTP/1.1',
  'GET //evil.example/api/wiring HTTP/1.1',
  'GET /api/%77iring%00 HTTP/1.1',
  'GET /api/events/..%2f..%2fetc%2fpasswd HTTP/1.1',
  'GET /..%2f..%2fetc%2fpasswd HTTP/1.1',
  'GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1',
  'GET /api\\wiring/x HTTP/1.1',
  'OPTIONS * HTTP/1.1',
  'CONNECT evil.example:443 HTTP/1.1',
  'TRACE /api/wiring HTTP/1.1',
])('%s leads nowhere.', async (line) => {
  await using served = await listening(anInspector());
  const { host, port } = new URL(served.origin);
  const socket = connect(Number(port), '127.0.0.1');
  socket.end(
    `${line}\r\nHost: ${host}\r\nAuthorization: Bearer ${served.token}\r\nConnection: close\r\n\r\n`,
  );
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
  await once(socket, 'close');
  expect(answer).toMatch(/^$|^HTTP\/1\.1 4\d\d/);
  expect(answer).not.toContain('"buses"');
});

test('The handler is reached by every name of this machine, and by none that only looks like one.', async () => {
  const inspector = anInspector();
  await using first = await listening(inspector);
  const at = async (host: string) => {
    const headers = { host, authorization: `Bearer ${first.token}` };
    return (await inspector.handler(new Request('http://localhost/inspector/api/wiring', { headers })))
      .status;
  };
  const own = [
    'localhost',
    'LOCALHOST:80',
    'app.localhost:3000',
    '127.0.0.1:3000',
    '127.1.2.3',
    '[::1]',
    '[::1]:3000',
  ];
  for (const host of own) expect([host, await at(host)]).toEqual([host, 200]);
  const foreign = [
    'localhost.',
    'notlocalhost',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '0.0.0.0',
    '[::]',
    '[::2]',
    '128.0.0.1',
    '10.0.0.1',
    'evil.example#localhost',
    'user@localhost',
    '',
  ];
  for (const host of foreign) expect([host, await at(host)]).toEqual([host, 403]);
});
