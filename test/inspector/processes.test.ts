import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Story } from '../../src/story/index.ts';
import { expectConsole } from '../setup/console.ts';
import { thrownBy } from '../core/shop.ts';
import { listening, type Served } from './ask.ts';
import { anInspector, e, entriesOf, only } from './inspected.ts';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));
const addressOf = ({ origin, token }: Served) => `${origin}/#token=${token}`;
const moment = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until<T>(read: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    await moment(50);
  }
}

function start(address: string, mode: string) {
  const child = spawn(process.execPath, ['--no-warnings', WORKER, address, mode]);
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, ended: once(child, 'exit').then(([code]) => ({ code: code as number | null, output })) };
}

test('The work of a worker joins the call whose event it got, redacted before it leaves.', async () => {
  const web = anInspector({ process: 'web' });
  await using served = await listening(web);
  const worker = anInspector({ forwardTo: addressOf(served), redact: { 'mail.sent': ['to'] } });
  await using bus = e.bus({ handlers: [], observers: [web], unhandled: 'ignore' });
  const handlers = e.router().on('mail.sent', () => {}, { name: 'ship' });
  await using other = e.bus({ handlers: [handlers], observers: [worker] });
  const { event } = await bus.publish('mail.sent', { to: 'ada@example.org' });
  await other.deliver(event, { from: { system: 'nats', destination: 'orders' } });
  const entries = await until(async () => {
    const entries = await entriesOf(web);
    return only(entries, 'finished').length > 0 ? entries : undefined;
  });
  expect(new Set(entries.map(({ root }) => root)).size).toBe(1);
  const story = new Story();
  for (const entry of entries) story.add(entry);
  const [call] = story.calls;
  expect(call).toMatchObject({
    kind: 'publish',
    process: 'web',
    events: [{ arrivals: [{ destination: 'orders' }] }],
  });
  expect(
    call!.events[0]!.runs.map(({ listener, process }) => [listener, process.startsWith('test')]),
  ).toEqual([['ship', true]]);
  const chained = await other.publish('mail.sent', { to: 'bob-secret' });
  const { json } = await until(async () => {
    const answer = await served.get(`/api/events/${chained.event.id}`);
    return answer.status === 200 ? answer : undefined;
  });
  expect(json.payload).toBe('{"to":{"$":"redacted"}}');
});

test('A worker that is killed is lost after 10 s, with what ran there.', { timeout: 40_000 }, async () => {
  const web = anInspector({ process: 'web of killed' });
  await using served = await listening(web);
  const { child, ended } = start(addressOf(served), 'hang');
  await until(async () => only(await entriesOf(web), 'started')[0]);
  const { text } = await served.get('/api/entries?once');
  expect(JSON.parse(text.split('\n')[0]!).processes).toEqual([{ name: 'worker', dropped: 0 }]);
  child.kill('SIGKILL');
  await ended;
  const [lost] = await until(async () => {
    const lost = only(await entriesOf(web), 'lost');
    return lost.length > 0 ? lost : undefined;
  });
  expect(lost).toMatchObject({ process: 'worker' });
  const story = new Story();
  for (const entry of await entriesOf(web)) story.add(entry);
  expect(story.calls[0]!.events[0]!.runs[0]!.attempts[0]!.lost).toBe(lost!.at);
});

test(
  'A worker ends by itself, whether anybody takes its entries or not; what it has told by then arrives.',
  { timeout: 40_000 },
  async () => {
    const web = anInspector({ process: 'web of ending' });
    await using served = await listening(web);
    const good = start(addressOf(served), 'close');
    const bad = start(`http://127.0.0.1:1/#token=${served.token}`, 'close');
    expect(await good.ended).toEqual({ code: 0, output: '' });
    const { code, output } = await bad.ended;
    expect(code).toBe(0);
    expect(output).not.toContain(served.token);
    expect(only(await entriesOf(web), 'finished')).toHaveLength(1);
    expect(only(await entriesOf(web), 'lost')).toHaveLength(1); // the worker itself says that it ends
  },
);

test('A failed event of a worker is redelivered there.', async () => {
  const web = anInspector({ process: 'web of redelivery' });
  await using served = await listening(web);
  const worker = anInspector({ forwardTo: addressOf(served) });
  let runs = 0;
  const handlers = e.router().on(
    'mail.sent',
    () => {
      if (++runs === 1) throw new Error('down');
    },
    { name: 'ship' },
  );
  await using bus = e.bus({ handlers: [handlers], observers: [worker], onError: () => {} });
  const { event } = await bus.publish('mail.sent', { to: 'ada' });
  await until(async () => only(await entriesOf(web), 'gaveUp')[0]);
  const answer = await served.post('/api/redeliver', { event: event.id, listener: 'ship' });
  expect(answer).toMatchObject({ status: 202, json: { isDone: false, event: event.id } });
  await until(() => (runs === 2 ? true : undefined));
});

test('An address that answers 401, or not at all, is said in one line without its token, and the worker goes on.', async () => {
  const lines = expectConsole();
  await using served = await listening(anInspector());
  const wrong = 'a'.repeat(32);
  const inspectors = [
    anInspector({ forwardTo: `${served.origin}/#token=${wrong}` }),
    anInspector({ forwardTo: `http://127.0.0.1:1/#token=${wrong}` }),
  ];
  await using bus = e.bus({ handlers: [], observers: inspectors, unhandled: 'ignore' });
  for (let i = 0; i < 3; i++) {
    await bus.publish('mail.sent', { to: 'ada' });
    await moment(1200);
  }
  const said = lines.filter((line) => line.includes('forwardTo'));
  expect(said).toHaveLength(2);
  expect(said.filter((line) => line.includes('401'))).toHaveLength(1);
  expect(said.join()).not.toContain(wrong);
});

test('At most 1,000 entries wait; the oldest are dropped, and counted.', async () => {
  expectConsole();
  let isDown = true;
  const bodies: any[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      if (!isDown) bodies.push(JSON.parse(text));
      response.writeHead(isDown ? 503 : 200).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address!.port : 0;
  const worker = anInspector({
    forwardTo: `http://127.0.0.1:${port}/#token=${'a'.repeat(32)}`,
    capacity: 5000,
  });
  await using bus = e.bus({ handlers: [], observers: [worker], unhandled: 'ignore' });
  for (let i = 0; i < 1500; i++) await bus.publish('mail.sent', { to: String(i) });
  await moment(300);
  isDown = false;
  const all = (await entriesOf(worker)).length;
  await until(() => (bodies.flatMap(({ entries }) => entries).length >= 1000 ? true : undefined));
  const sent = bodies.flatMap(({ entries }) => entries).length;
  expect(sent).toBe(1000);
  expect(bodies.at(-1).dropped).toBe(all - sent);
  server.closeAllConnections();
  server.close();
});

test('An inspector that was made again without forwardTo sends nothing more, even if an answer comes late.', async () => {
  let answer = () => {};
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    request.resume();
    answer = () => response.end('{"redeliver":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const forwardTo = `http://127.0.0.1:${port}/#token=${'a'.repeat(32)}`;
  const inspector = anInspector({ process: 'stops', forwardTo });
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  await bus.publish('mail.sent', { to: 'ada' });
  await until(() => requests || undefined);
  anInspector({ process: 'stops' });
  await bus.publish('mail.sent', { to: 'bob' });
  answer();
  await moment(1500);
  expect(requests).toBe(1);
  server.closeAllConnections();
  server.close();
});

test('A redirect takes the token and the entries nowhere.', async () => {
  const lines = expectConsole();
  let elsewhere = 0;
  const other = createServer((_, response) => {
    elsewhere++;
    response.end('{}');
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port: otherPort } = other.address() as AddressInfo;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(307, { location: `http://127.0.0.1:${otherPort}/api/entries` }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const inspector = anInspector({ forwardTo: `http://127.0.0.1:${port}/#token=${'a'.repeat(32)}` });
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  await bus.publish('mail.sent', { to: 'ada' });
  await until(() => lines.find((line) => line.includes('forwardTo')));
  expect(elsewhere).toBe(0);
  for (const one of [server, other]) {
    one.closeAllConnections();
    one.close();
  }
});

test('A meta and a payload of another process that are no JSON are left out.', async () => {
  const web = anInspector({ process: 'web of bad meta' });
  await using served = await listening(web);
  const about = { kind: 'dispatched', at: 1, name: 'a', when: 'success', correlationId: 'e-1', depth: 0 };
  const metas = ['{"a":1}', '{', 'nonsense', '{"a":1}}'];
  await served.post('/api/entries', {
    process: 'p',
    run: 'r1',
    entries: metas.map((meta, i) => Object.assign({ event: `e-${i}`, meta }, about)),
    payloads: { 'e-0': { text: '{"x":1}' }, 'e-1': { text: '{"x":' } },
  });
  const entries = only(await entriesOf(web), 'dispatched');
  expect(entries.map(({ meta }) => meta)).toEqual(['{"a":1}', undefined, undefined, undefined]);
  expect((await served.get('/api/events/e-0')).status).toBe(200);
  expect((await served.get('/api/events/e-1')).status).toBe(404);
});

test.for([
  'nowhere',
  'http://127.0.0.1:4983/',
  'ftp://a/#token=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  'http://a/#token=short-token',
  5,
  '',
])('forwardTo %o is refused, and the message has no token.', (forwardTo) => {
  const error = String(thrownBy(() => anInspector({ forwardTo: forwardTo as string })));
  expect(error).toContain('forwardTo');
  expect(error).not.toMatch(/short-token|aaaa/);
});

test('Entries that are none are left out, and what is no message of a process is refused.', async () => {
  const web = anInspector({ process: 'web of nonsense' });
  await using served = await listening(web);
  const authorization = `Bearer ${served.token}`;
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    served.ask('/api/entries', {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const good = {
    kind: 'dispatched',
    at: 1,
    event: 'e-1',
    name: 'a',
    when: 'success',
    correlationId: 'e-1',
    depth: 0,
  };
  const nonsense = [
    null,
    5,
    {},
    { kind: 'constructor', at: 1 },
    { ...good, event: { a: 1 } },
    { ...good, at: 'x' },
  ];
  const body = {
    process: 'p',
    run: 'r1',
    entries: [...nonsense, good, { ...good, event: 'e-2', __proto__x: 1 }],
    payloads: { 'e-1': { text: '1' }, 'e-2': 7 },
  };
  expect((await post(body)).json).toEqual({ redeliver: [] });
  expect((await entriesOf(web)).map((entry) => (entry as { event?: string }).event)).toEqual(['e-1', 'e-2']);
  expect((await served.get('/api/events/e-1')).json.payload).toBe('1');
  for (const bad of [
    {},
    { process: 'p' },
    { ...body, run: '../x' },
    { ...body, entries: {} },
    { ...body, process: '' },
  ]) {
    expect((await post(bad)).status).toBe(400);
  }
  expect((await post(body, { authorization: 'Bearer no' })).status).toBe(401);
  expect((await post(body, { origin: 'https://evil.example' })).status).toBe(403);
  expect((await post(body, { 'content-type': 'text/plain' })).status).toBe(415);
});
