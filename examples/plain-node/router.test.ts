import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordEvents } from 'trpc-events/testing';
import { makeBus } from './listeners.ts';
import { makeRouter } from './router.ts';

function app() {
  const lines: string[] = [];
  const context = {
    sendMail: async (to: string) => void lines.push(`mail to ${to}`),
    log: (line: string) => void lines.push(line),
  };
  const bus = makeBus(() => context);
  return { bus, lines, caller: makeRouter(bus).createCaller(context) };
}

test('A user who signs up gets a mail.', async () => {
  const { bus, lines, caller } = app();
  await using events = recordEvents(bus);
  await caller.signUp({ email: 'ada@example.org' });
  await bus.drain();
  events.only('user.created', { payload: { email: 'ada@example.org' } });
  assert.deepEqual(lines.sort(), ['audit: mail.sent', 'audit: user.created', 'mail to ada@example.org']);
});

test('A second sign-up fails, and its event is dropped.', async () => {
  const { bus, lines, caller } = app();
  await caller.signUp({ email: 'ada@example.org' });
  await bus.drain();
  lines.length = 0;
  await assert.rejects(caller.signUp({ email: 'ada@example.org' }), { code: 'CONFLICT' });
  await bus.drain();
  assert.deepEqual(lines, []);
});

test('A mail that can never be sent becomes a dead letter.', async () => {
  const { bus, lines, caller } = app();
  await caller.signUp({ email: 'ada@host.invalid' });
  await bus.drain();
  assert.match(lines.at(-1)!, /^gave up: welcome-mail on user\.created: /);
});
