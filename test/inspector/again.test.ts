import { afterEach, expect, test, vi } from 'vitest';
import { createInspector } from '../../src/inspector/create-inspector.ts';
import { expectConsole } from '../setup/console.ts';
import { listening, mounted } from './ask.ts';
import { e, entriesOf, only } from './inspected.ts';

afterEach(() => vi.unstubAllEnvs());

/** The redactions of both inspectors hold, because nobody can tell a second inspector from a hot reload. */
test('A value that one inspector of a process hides is not shown by another one.', async () => {
  const inspector = createInspector({ process: 'hiding', redact: { 'mail.sent': ['to'] } });
  createInspector({ process: 'hiding', redact: { 'user.*': ['email'] } });
  createInspector({ process: 'hiding' });
  await using bus = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  const sent = await bus.publish('mail.sent', { to: 'ada-1' });
  const created = await bus.publish('user.created', { id: 'bob', email: 'bob-2' });
  await using served = await listening(inspector);
  for (const { event } of [sent, created]) {
    const { payload } = (await served.get(`/api/events/${event.id}`)).json;
    expect(payload).toContain('redacted');
    expect(payload).not.toMatch(/ada-1|bob-2/);
  }
});

test('payloads: false of one inspector of a process holds for all.', async () => {
  const first = createInspector({ process: 'names alone', payloads: false });
  const inspector = createInspector({ process: 'names alone' });
  await using bus = e.bus({ handlers: [], observers: [first], unhandled: 'ignore' });
  await using other = e.bus({ handlers: [], observers: [inspector], unhandled: 'ignore' });
  await using served = await listening(inspector);
  for (const { event } of [
    await bus.publish('mail.sent', { to: 'a' }),
    await other.publish('mail.sent', { to: 'a' }),
  ]) {
    expect((await served.get(`/api/events/${event.id}`)).status).toBe(404);
  }
});

test('A second inspector of a process leaves the authorize, the hosts and the actions of the first as they are.', async () => {
  expectConsole();
  const asked: string[] = [];
  const first = createInspector({
    process: 'guarded',
    authorize: (request) => {
      asked.push(request.url);
      return false;
    },
  });
  const second = createInspector({
    process: 'guarded',
    authorize: () => true,
    allowedHosts: ['dev.example'],
    actions: true,
  });
  const third = createInspector({ process: 'guarded' });
  await using one = await mounted(first);
  await using two = await mounted(second);
  await using three = await mounted(third);
  expect((await one.ask('/api/wiring')).status).toBe(403);
  expect((await two.ask('/api/wiring')).status).toBe(200);
  expect((await two.post('/api/clear', {})).status).toBe(200);
  expect((await three.ask('/api/wiring')).status).toBe(401);
  expect((await three.ask('/api/wiring', { headers: { host: 'dev.example' } })).status).toBe(403);
  vi.stubEnv('NODE_ENV', 'production');
  expect((await one.ask('/api/wiring')).status).toBe(404);
  expect((await three.ask('/api/wiring')).status).toBe(404);
  expect(asked).toHaveLength(2);
});

test('The server of listen asks the inspector that was the last to listen.', async () => {
  expectConsole();
  const first = await createInspector({ process: 'listens', authorize: () => true }).listen({ port: 0 });
  expect((await fetch(new URL('/api/wiring', first.url))).status).toBe(200);
  await using second = await createInspector({ process: 'listens' }).listen({ port: 0 });
  expect(new URL(second.url).origin).toBe(new URL(first.url).origin);
  expect((await fetch(new URL('/api/wiring', first.url))).status).toBe(401);
});

test('A hot reload keeps what was kept, its readers and its token, and brings its own capacity.', async () => {
  const first = createInspector({ process: 'reloaded' });
  await using bus = e.bus({ handlers: [], observers: [first], unhandled: 'ignore' });
  await bus.publish('mail.sent', { to: 'before' });
  const seen: string[] = [];
  const stop = new AbortController();
  const reading = (async () => {
    for await (const entry of first.follow({ signal: stop.signal }))
      if (entry.kind === 'dispatched') seen.push(entry.name);
  })();
  const second = createInspector({ process: 'reloaded', capacity: 1 });
  await using other = e.bus({ handlers: [], observers: [second], unhandled: 'ignore' });
  await other.publish('user.created', { id: 'after' });
  await vi.waitFor(() => expect(seen).toEqual(['mail.sent', 'user.created']), 10_000);
  stop.abort();
  await reading;
  expect(only(await entriesOf(first), 'dispatched').map(({ name }) => name)).toEqual(['user.created']);
});
