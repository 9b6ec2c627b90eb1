/** Makes each row of the table of marks with real traffic, and checks its words and its shape on the page. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { hasChromium } from '../chromium.ts';
import { startApp, type App } from './app.ts';
import { Reader } from './reader.ts';
import { openStage } from './stage.ts';

const from = { system: 'sqs', destination: 'orders' };
const message = (name: string, payload: unknown) => ({ id: `m-${name}`, name, payload, time: new Date() });

interface Case {
  readonly mark: string;
  /** The call, its row that has the mark, and the words of that row. */
  readonly call: string;
  readonly row: string;
  readonly words: RegExp;
  readonly make: (app: App) => Promise<unknown>;
}

const CASES: readonly Case[] = [
  {
    mark: 'event',
    call: 'users.signUp',
    row: 'user.created',
    words: /^2 of 2 handled$/,
    make: ({ client }) => client.users.signUp.mutate({ name: 'Ada' }),
  },
  {
    mark: 'succeeded',
    call: 'users.signUp',
    row: 'writeJournal',
    words: /^handled$/,
    make: ({ client }) => client.users.signUp.mutate({ name: 'Ada' }),
  },
  {
    mark: 'running',
    call: 'reports.order',
    row: 'writeReport',
    words: /^running, [\d.]+ m?s$/,
    make: ({ client }) => client.reports.order.mutate(),
  },
  {
    mark: 'waiting',
    call: 'jobs.held',
    row: 'job.noticed',
    words: /^waits for the response$/,
    // This call is answered only when the test is over.
    make: async ({ client }) => void client.jobs.held.mutate().catch(() => {}),
  },
  {
    mark: 'waiting',
    call: 'reports.order',
    row: 'report.wanted',
    words: /^waits its turn$/,
    make: async ({ client }) => {
      await client.reports.order.mutate();
      await client.reports.order.mutate();
    },
  },
  {
    mark: 'waiting',
    call: 'orders.retried',
    row: 'callBack',
    words: /^attempt 2 of 2 in [\d.]+ m?s$/,
    make: ({ client }) => client.orders.retried.mutate(),
  },
  {
    mark: 'failed',
    call: 'orders.pay',
    row: 'chargeCard',
    words: /^gave up after 3 attempts: ETIMEDOUT$/,
    make: ({ client }) => client.orders.pay.mutate({ id: 'o-1' }),
  },
  {
    mark: 'failed',
    call: '↘ payment.due',
    row: 'chargeCard',
    words: /^gave up: no time left for another attempt$/,
    make: ({ bus }) =>
      bus.deliver(message('payment.due', { order: 'o-1', cents: 1 }), { from, budget: 200 }).catch(() => {}),
  },
  {
    mark: 'dropped',
    call: 'users.signUp',
    row: 'user.created',
    words: /^dropped: the call failed with CONFLICT$/,
    make: ({ client }) => client.users.signUp.mutate({ name: 'Bob' }).catch(() => {}),
  },
  {
    mark: 'unhandled',
    call: 'feedback.send',
    row: 'feedback.sent',
    words: /^nobody takes it$/,
    make: ({ client }) => client.feedback.send.mutate('I like it.'),
  },
  {
    mark: 'sent',
    call: 'orders.place',
    row: 'orders',
    words: /^sent to orders$/,
    make: ({ client }) => client.orders.place.mutate({ id: 'o-1' }),
  },
  {
    mark: 'refused',
    call: '↘ order.placed',
    row: '↘ order.placed',
    words: /^refused: the payload doesn't fit order\.placed$/,
    make: ({ bus }) => bus.deliver(message('order.placed', { id: 7 }), { from }).catch(() => {}),
  },
  {
    mark: 'late',
    call: 'reports.late',
    row: 'job.noticed',
    words: /^dispatched \d+ ms after the call had ended$/,
    make: ({ client }) => client.reports.late.mutate(),
  },
];

describe.skipIf(!hasChromium)('The marks', () => {
  const stage = openStage();

  test.for(CASES)('$mark: $words', async ({ mark, call, row, words, make }) => {
    await using app = await startApp();
    await using reader = await Reader.open(stage.browser, app.url);
    await reader.isLive();
    await reader.choose(call, () => make(app));
    const marked = reader.rows.and(reader.page.locator(`[data-mark=${mark}]`)).filter({
      has: reader.page.getByText(row, { exact: true }),
    });
    const said = marked.getByRole('gridcell').nth(1).getByText(words);
    await said.waitFor();
    // The mark has a shape, because color alone would not be enough.
    expect(await marked.locator('svg path').last().getAttribute('d')).not.toBe('');
    await reader.screenshot(`mark-${mark}-${row.replace(/\W+/g, '-')}`);
    expect(reader.complaints).toEqual([]);
  });

  test('An attempt that is to be followed by another one has its mark in a ring, among the attempts.', async () => {
    await using app = await startApp();
    await using reader = await Reader.open(stage.browser, app.url);
    await reader.isLive();
    await reader.choose('orders.retried', () => app.client.orders.retried.mutate());
    await reader.row('callBack').click();
    await reader.tab('Attempts');
    const attempts = reader.page.getByRole('tabpanel').getByRole('listitem');
    await attempts.nth(1).waitFor();
    expect(await attempts.allInnerTexts()).toEqual([
      expect.stringMatching(/^attempt 1 of 2\s[^]*failed: Nobody picks up\.[^]*then it waited 4\.\d s$/),
      expect.stringMatching(/^attempt 2 of 2\s[^]*failed: Nobody picks up\./),
    ]);
    const shapes = await Promise.all(
      [0, 1].map((i) => attempts.nth(i).locator('svg path').first().getAttribute('d')),
    );
    expect(shapes[0]).not.toBe(shapes[1]);
    expect(await attempts.nth(0).locator('svg').first().getAttribute('class')).toContain('tone-amber');
    expect(await attempts.nth(1).locator('svg').first().getAttribute('class')).toContain('tone-red');
  });

  test('An event that arrived says from where, and how long it was in the queue.', async () => {
    await using app = await startApp();
    await using worker = await app.startWorker();
    void worker;
    await using reader = await Reader.open(stage.browser, app.url);
    await reader.isLive();
    await reader.choose('orders.place', () => app.client.orders.place.mutate({ id: 'o-1' }));
    const arrived = reader.page.locator('[role=row][data-mark=arrived]');
    await arrived.getByText(/^from orders, [\d.]+ m?s in the queue$/).waitFor();
    await reader.row('ship').getByText('handled', { exact: true }).waitFor();
  });

  test('A listener of a worker that was killed is lost, with a torn bar, and does not run forever.', async () => {
    await using app = await startApp();
    await using reader = await Reader.open(stage.browser, app.url);
    await reader.isLive();
    const script = fileURLToPath(new URL('../../inspector/worker.ts', import.meta.url));
    const child = spawn(process.execPath, ['--no-warnings', script, app.url, 'hang']);
    try {
      await reader.choose('mail.sent', async () => {});
      await reader
        .row('ship')
        .getByText(/^running, /)
        .waitFor();
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await reader.row('ship').getByText('lost: the process ended').waitFor();
    await reader.page.locator('[data-kind=run][data-mark=lost] [data-torn=true]').waitFor();
    expect(await reader.page.locator('[data-mark=running]').count()).toBe(0);
    await reader.screenshot('mark-lost');
    // The list shows the call as lost, too, and the header no longer names the process.
    await reader.calls.first().getByRole('img', { name: 'lost' }).waitFor();
    await reader.page.getByRole('banner').getByText('worker', { exact: true }).waitFor({ state: 'detached' });
    expect(reader.complaints).toEqual([]);
  });
});
