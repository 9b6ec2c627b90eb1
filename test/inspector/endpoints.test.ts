import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { expectConsole } from '../setup/console.ts';
import { listening, mounted, tokenOf, type Served } from './ask.ts';
import { anInspector, e } from './inspected.ts';

/** Reads the lines of an open stream. */
async function* linesOf(served: Served, query = '', signal?: AbortSignal): AsyncGenerator<any> {
  const response = await fetch(`${served.origin}${served.base}/api/entries${query}`, {
    headers: { authorization: `Bearer ${served.token}` },
    ...(signal && { signal }),
  });
  let rest = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line !== '') yield JSON.parse(line);
  }
}

async function until(lines: AsyncGenerator<any>, wanted: (line: any) => boolean): Promise<any> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done) throw new Error('the stream has ended');
    if (wanted(value)) return value;
  }
}

test('The stream has what is kept, stays open for what comes, and goes on after an entry.', async () => {
  const inspector = anInspector();
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  await bus.publish('mail.sent', { to: 'ada' });
  await using served = await listening(inspector);
  const lines = linesOf(served);
  expect((await lines.next()).value).toMatchObject({ kind: 'status', calls: 1, gone: 0, actions: true });
  const first = await until(lines, ({ kind }) => kind === 'dispatched');
  await bus.publish('user.created', { id: 'bob' });
  await until(lines, ({ kind, name }) => kind === 'dispatched' && name === 'user.created');
  await lines.return(undefined);
  const { text } = await served.get(`/api/entries?once&after=${first.id}`);
  expect(text).not.toContain('"mail.sent"');
  expect(text).toContain('"user.created"');
  expect((await served.get('/api/entries?once&after=other.5')).text).toContain('"mail.sent"');
});

test('Entries are gathered: 1,000 events in a burst come in a few writes.', async () => {
  const inspector = anInspector();
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  await using served = await listening(inspector);
  const ended = new AbortController();
  const lines = linesOf(served, '', ended.signal);
  await lines.next();
  for (let i = 0; i < 1000; i++) void bus.publish('mail.sent', { to: String(i) });
  let statuses = 0;
  let entries = 0;
  while (entries < 1000) {
    const { value } = await lines.next();
    if (value.kind === 'status') statuses++;
    if (value.kind === 'dispatched') entries++;
  }
  expect(statuses).toBeLessThan(20); // each write begins with a status
  ended.abort();
});

test('close ends the streams that are open and frees the port; a reader that has gone leaves nothing behind.', async () => {
  const inspector = anInspector();
  const served = await listening(inspector);
  const lines = linesOf(served);
  await lines.next();
  const rest = lines.next().catch(() => ({ done: true }));
  await served[Symbol.asyncDispose]();
  expect((await rest).done).toBe(true);
  await expect(fetch(served.origin)).rejects.toThrow('fetch failed');
});

test('A port that is taken is passed by, and the token is in the fragment.', async () => {
  const lines = expectConsole();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await using server = await anInspector().listen({ port });
  const url = new URL(server.url);
  expect(Number(url.port)).toBeGreaterThan(port);
  expect(url.hostname).toBe('127.0.0.1');
  expect(url.search + url.pathname).toBe('/');
  expect(tokenOf(server.url)).toMatch(/^[\w-]{32}$/);
  expect(lines).toHaveLength(1);
  await new Promise((resolve) => other.close(resolve));
});

test('The token is kept in a file that nobody else may read.', async () => {
  await using served = await listening(anInspector());
  const file = 'node_modules/.cache/trpc-events/inspector-token';
  expect(existsSync(file)).toBe(true);
  expect(readFileSync(file, 'utf8')).toBe(served.token);
  if (process.platform !== 'win32') expect(lstatSync(file).mode & 0o777).toBe(0o600);
});

test('An inspector that is made again has the same port, and its older self can not close it.', async () => {
  const lines = expectConsole();
  const first = await anInspector({ process: 'again' }).listen({ port: 0 });
  const second = await anInspector({ process: 'again', capacity: 5 }).listen({ port: 0 });
  expect(second.url).toBe(first.url);
  expect(lines).toHaveLength(1);
  await first.close();
  expect((await fetch(new URL('/api/wiring', second.url))).status).toBe(401);
  await second.close();
});

test.for([
  { port: -1 },
  { port: 1.5 },
  { port: 70_000 },
  { host: '' },
  { prot: 1 },
  { host: '203.0.113.7', port: 0 },
])('listen(%o) is refused.', async (options) => {
  await expect(anInspector().listen(options)).rejects.toThrow('inspector.listen');
});

test('The wiring of two buses is numbered, and one bus may have two inspectors.', async () => {
  const inspector = anInspector();
  const observers = [inspector, anInspector()];
  await using one = e.bus({ handlers: [e.router().on('mail.sent', () => {}, { name: 'count' })], observers });
  await using two = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  await using served = await listening(inspector);
  const { json } = await served.get('/api/wiring');
  expect(json.buses.map(({ number }: { number: number }) => number)).toEqual([1, 2]);
  expect(json.buses[0].description.listeners).toMatchObject([{ name: 'count' }]);
  void [one, two];
});

test('publish says what came of it, or at which path the schema refuses the payload.', async () => {
  const inspector = anInspector();
  const handlers = e.router().on('mail.sent', ({ event }) => {
    if (event.payload.to === 'eve') throw new Error('not her');
  });
  await using bus = e.bus({ handlers: [handlers], observers: [inspector], onError: () => {} });
  await using served = await listening(inspector);
  void bus;
  const publish = (body: object) => served.post('/api/publish', body);
  const good = await publish({ event: 'mail.sent', payload: { to: 'ada' } });
  expect(good).toMatchObject({ status: 200, json: { isDone: true, failures: [] } });
  expect((await served.get(`/api/events/${good.json.event}`)).json.payload).toBe('{"to":"ada"}');
  const failed = await publish({ event: 'mail.sent', payload: { to: 'eve' } });
  expect(failed.json.failures).toMatchObject([{ error: { message: 'not her' } }]);
  const bad = await publish({ event: 'mail.sent', payload: { to: 1 } });
  expect(bad).toMatchObject({ status: 422, json: { code: 'INVALID_PAYLOAD', issues: [{ path: ['to'] }] } });
  expect((await publish({ event: 'no.such' })).status).toBe(404);
  expect((await publish({ event: 'mail.sent', bus: 2 })).status).toBe(404);
  expect((await publish({ event: 5 })).status).toBe(400);
  expect((await publish({ event: 'mail.sent', meta: 'x', payload: { to: 'a' } })).status).toBe(400);
});

test('redeliver gives an event that failed only to the listener that failed.', async () => {
  const inspector = anInspector();
  const ran: string[] = [];
  let isBroken = true;
  const handlers = e
    .router()
    .on('mail.sent', () => void ran.push('other'), { name: 'other' })
    .on(
      'mail.sent',
      () => {
        ran.push('flaky');
        if (isBroken) throw new Error('down');
      },
      { name: 'flaky' },
    );
  await using bus = e.bus({ handlers: [handlers], observers: [inspector], onError: () => {} });
  const { event } = await bus.publish('mail.sent', { to: 'ada' });
  await using served = await listening(inspector);
  expect((await served.get(`/api/events/${event.id}`)).json.canRedeliver).toBe(true);
  isBroken = false;
  const again = await served.post('/api/redeliver', { event: event.id, listener: 'flaky' });
  expect(again).toMatchObject({ status: 200, json: { event: event.id, isDone: true, failures: [] } });
  expect(ran.sort()).toEqual(['flaky', 'flaky', 'other']);
  expect((await served.post('/api/redeliver', { event: event.id, listener: 'nobody' })).status).toBe(404);
  expect((await served.post('/api/redeliver', { event: 'gone', listener: 'flaky' })).status).toBe(404);
});

test('clear tells the readers, and forgets what was kept.', async () => {
  const inspector = anInspector();
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  await bus.publish('mail.sent', { to: 'ada' });
  await using served = await listening(inspector);
  const lines = linesOf(served);
  await until(lines, ({ kind }) => kind === 'dispatched');
  await served.post('/api/clear', {});
  expect(await until(lines, ({ kind }) => kind === 'status')).toMatchObject({ cleared: 1, calls: 0 });
  await lines.return(undefined);
});

test('A redelivery goes to the bus that is meant: where two have the listener, its number must be said.', async () => {
  const inspector = anInspector();
  const ran: number[] = [];
  const make = (number: number) =>
    e.bus({
      handlers: [
        e.router().on(
          'mail.sent',
          () => {
            ran.push(number);
            throw new Error('down');
          },
          { name: 'flaky' },
        ),
      ],
      observers: [inspector],
      onError: () => {},
    });
  await using one = make(1);
  await using two = make(2);
  const { event } = await two.publish('mail.sent', { to: 'ada' });
  await using served = await listening(inspector);
  const asked = { event: event.id, listener: 'flaky' };
  expect(await served.post('/api/redeliver', asked)).toMatchObject({
    status: 409,
    json: { error: expect.stringContaining('bus') },
  });
  expect((await served.post('/api/redeliver', { ...asked, bus: 2 })).status).toBe(200);
  expect((await served.post('/api/redeliver', { ...asked, bus: 3 })).status).toBe(404);
  expect(ran).toEqual([2, 2]);
  void one;
});

test.for([
  ['"a"', 'say "a" to all'],
  ['one\ntwo', 'one\ntwo'],
  ['C:\\dir', 'C:\\dir'],
  ['caf\u00e9', 'CAFE\u0301'],
  ['Cafe\u0301', 'caf\u00e9'],
  ['tab\tÉ', 'a tab\té'],
  ['"to":"say', 'say hello'],
])('A search for %j finds %j.', async ([wanted, value]) => {
  const inspector = anInspector();
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  const { event } = await bus.publish('mail.sent', { to: value! });
  await bus.publish('mail.sent', { to: 'nothing of it' });
  await using served = await listening(inspector);
  const { json } = await served.get(`/api/search?payload=${encodeURIComponent(wanted!)}`);
  expect(json.events).toEqual([event.id]);
});

test('A search finds what another process has written with escapes.', async () => {
  const inspector = anInspector();
  await using served = await listening(inspector);
  const entry = {
    kind: 'dispatched',
    at: 1,
    event: 'e-1',
    name: 'a',
    when: 'success',
    correlationId: 'e-1',
    depth: 0,
  };
  await served.post('/api/entries', {
    process: 'p',
    run: 'r1',
    entries: [entry],
    payloads: { 'e-1': { text: '{"to":"caf\\u00e9 \\ud83d\\ude00"}' } },
  });
  for (const wanted of ['café', '😀']) {
    expect((await served.get(`/api/search?payload=${encodeURIComponent(wanted)}`)).json.events).toEqual([
      'e-1',
    ]);
  }
});

test('Closing the server of listen ends its streams, and not those of handler.', async () => {
  const inspector = anInspector();
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  const first = await listening(inspector);
  await using second = await mounted(inspector, first.token);
  const ended = new AbortController();
  const [own, theirs] = [linesOf(first), linesOf(second, '', ended.signal)];
  await own.next();
  await theirs.next();
  await first[Symbol.asyncDispose]();
  expect((await own.next().catch(() => ({ done: true }))).done).toBe(true);
  await bus.publish('mail.sent', { to: 'ada' });
  expect(await until(theirs, ({ kind }) => kind === 'dispatched')).toBeDefined();
  ended.abort();
});

test('A reader that is there while the server closes gets nothing more, and the port is free for the next.', async () => {
  const inspector = anInspector();
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  const first = await listening(inspector);
  const response = await inspector.handler(
    new Request('http://localhost/inspector/api/entries', {
      headers: { authorization: `Bearer ${first.token}` },
    }),
  );
  await response.body!.cancel();
  await first[Symbol.asyncDispose]();
  await using second = await listening(inspector);
  await bus.publish('mail.sent', { to: 'ada' });
  expect((await second.get('/api/entries?once')).text).toContain('mail.sent');
});

test('A redelivery by a reader says so, and a first delivery of what was cleared begins no call of its own.', async () => {
  const inspector = anInspector();
  const handlers = e.router().on(
    'mail.sent',
    () => {
      throw new Error('down');
    },
    { name: 'flaky' },
  );
  await using bus = e.bus({ handlers: [handlers], observers: [inspector], onError: () => {} });
  const { event } = await bus.publish('mail.sent', { to: 'ada' });
  await using served = await listening(inspector);
  await served.post('/api/redeliver', { event: event.id, listener: 'flaky' });
  const arrived = async () => {
    const { text } = await served.get('/api/entries?once');
    const entries = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    return entries.filter(({ kind }) => kind === 'arrived').map(({ system }) => system);
  };
  expect(await arrived()).toEqual(['redelivery']);
  await bus.deliver(event);
  expect(await arrived()).toEqual(['redelivery', undefined]);
  await served.post('/api/clear', {});
  await bus.deliver(event);
  expect(await arrived()).toEqual([]);
  await bus.deliver(event, { attempt: 2 });
  expect(await arrived()).toEqual([undefined]);
});

test('The server writes what the page has no code for: samples, near patterns, and payloads as JSON and TypeScript.', async () => {
  const inspector = anInspector();
  const handlers = e.router().on('mail.*', () => {}, { name: 'count' });
  await using bus = e.bus({ handlers: [handlers], observers: [inspector], unhandled: 'ignore' });
  await using served = await listening(inspector);
  const { event } = await bus.publish('mail.sent', { to: 'ada' });
  const { json } = await served.get(`/api/events/${event.id}`);
  expect(json).toMatchObject({ json: '{\n  "to": "ada"\n}', code: '{\n  to: "ada",\n}' });
  const [described] = (await served.get('/api/wiring')).json.buses;
  expect(described.samples).toMatchObject({ 'mail.sent': { to: '' } });
  const unhandled = described.description.events.filter(
    ({ takenBy }: { takenBy: string[] }) => takenBy.length === 0,
  );
  expect(Object.keys(described.closest)).toEqual(unhandled.map(({ name }: { name: string }) => name));
});
