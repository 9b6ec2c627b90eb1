import { expect, it } from 'vitest';
import { echo, type ErrorReport, type EventForwarder } from '../../../src/index.ts';
import { expectConsole } from '../../setup/console.ts';
import { e } from '../shop.ts';

const LINE =
  'trpc-events: No handler takes "user.created": register a listener, import the file that does, or set unhandled: \'ignore\'.';
const users = () => e.router().on('user.deleted', () => {});
const payload = { id: '1' };

it('An event that no handler takes prints one line per event name and bus.', async () => {
  const lines = expectConsole();
  await using one = e.bus({ handlers: [users()] });
  await using two = e.bus({ handlers: [users()], unhandled: 'warn' });
  for (const bus of [one, two]) {
    const { failures } = await bus.publish('user.created', payload);
    expect(failures).toEqual([]);
    await bus.publish('user.created', payload);
    await bus.publish('user.deleted', payload);
  }
  await one.publish('cache.cleared');
  expect(lines).toEqual([LINE, LINE, LINE.replace('user.created', 'cache.cleared')]);
});

it("unhandled: 'ignore' prints nothing.", async () => {
  await using bus = e.bus({ handlers: [users()], unhandled: 'ignore' });
  expect((await bus.publish('user.created', payload)).failures).toEqual([]);
});

it("unhandled: 'error' reports UNHANDLED each time, to onError and among the failures.", async () => {
  const reports: ErrorReport[] = [];
  await using bus = e.bus({
    handlers: [users()],
    unhandled: 'error',
    onError: (report) => void reports.push(report as never),
  });
  for (let i = 0; i < 2; i++) {
    const { event, failures } = await bus.publish('user.created', payload);
    expect(failures).toMatchObject([{ listener: undefined, error: { code: 'UNHANDLED' } }]);
    expect(reports[i]).toEqual({ error: failures[0]!.error, event, listener: undefined, attempt: undefined });
  }
  expect(reports).toHaveLength(2);
  await bus.scope(({ dispatch }) => dispatch('user.created', payload));
  expect(reports).toHaveLength(3);
});

it('A listener that is registered later takes the event from then on.', async () => {
  const lines = expectConsole();
  const router = users();
  await using bus = e.bus({ handlers: [router] });
  await bus.publish('user.created', payload);
  const off = new AbortController();
  router.on('user.*', () => {}, { signal: off.signal });
  await bus.publish('user.created', payload);
  expect(lines).toEqual([LINE]);
});

it('echo, passive handlers, streams and observers only watch an event; a forwarder takes it.', async () => {
  const lines = expectConsole();
  const watchers = [echo({ print: () => {} }), { name: 'counter', passive: true, handle() {} }];
  const observers = [{ name: 'observer' }];
  await using bus = e.bus({ handlers: [users(), ...watchers], observers });
  const stream = bus.stream('*');
  await bus.publish('user.created', payload);
  await stream.return!();
  expect(lines).toEqual([LINE]);
  const forwarder: EventForwarder = { name: 'queue', remote: true, events: 'user.created', handle() {} };
  await using forwarding = e.bus({ handlers: [users(), forwarder] });
  await forwarding.publish('user.created', payload);
  expect(lines).toEqual([LINE]);
});
