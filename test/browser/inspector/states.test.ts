import { describe, expect, test } from 'vitest';
import { createInspector } from 'trpc-events/inspector';
import { expectConsole } from '../../setup/console.ts';
import { hasChromium } from '../chromium.ts';
import { startApp } from './app.ts';
import { Reader } from './reader.ts';
import { openStage } from './stage.ts';

describe.skipIf(!hasChromium)('The states of the page', () => {
  const stage = openStage();

  test('Without a call it says how to see one.', async () => {
    await using app = await startApp();
    await using reader = await Reader.open(stage.browser, app.url);
    await reader.page.getByText('No call has come through this bus yet.').waitFor();
    await reader.page.getByText('t.procedure.use(bus.middleware())').waitFor();
    await reader.page.getByText('Choose a call.').waitFor();
    await app.client.users.list.query();
    await reader.page.getByRole('button', { name: 'Show calls without events' }).click();
    await reader.choose('users.list', () => app.client.users.list.query());
    await reader.page.getByText('It dispatched nothing.').waitFor();
    expect(reader.complaints).toEqual([]);
  });

  test('The filter narrows the list, stands in the address, and says what is wrong with it.', async () => {
    const { app } = stage;
    await app.client.users.signUp.mutate({ name: 'Grace' });
    await app.client.feedback.send.mutate('needle');
    await using reader = await Reader.open(stage.browser, `${app.url}&filter=user.*`);
    await reader.isLive();
    await reader.calls.first().waitFor();
    expect(new Set(await reader.calls.locator('.mono').allInnerTexts())).toEqual(new Set(['users.signUp']));
    await reader.filter.fill('user.* nobody-has-this');
    await reader.page.getByText(/^None of \d+ calls matches user\.\* nobody-has-this\.$/).waitFor();
    expect(new URL(reader.page.url()).hash).toContain('filter=user.*+nobody-has-this');
    await reader.page.getByRole('button', { name: 'Clear the filter' }).click();
    await reader.calls.filter({ hasText: 'feedback.send' }).first().waitFor();
    const count = await reader.calls.count();
    await reader.filter.fill('>abc');
    await reader.page.getByText('>abc is no time').waitFor();
    expect(await reader.calls.count()).toBe(count);
    await reader.filter.fill('payload:needle');
    await reader.until(`document.querySelectorAll('[role=row][data-call]:not([hidden])').length === 1`);
    await reader.filter.fill('');
    await reader.page.getByLabel('kind').selectOption('mutation');
    await reader.page.getByLabel('outcome').selectOption('unhandled');
    await reader.page.getByLabel('process').selectOption({ index: 1 });
    await reader.calls.filter({ hasText: 'users.signUp' }).first().waitFor({ state: 'detached' });
    await reader.calls.filter({ hasText: 'feedback.send' }).first().waitFor();
    expect(reader.complaints).toEqual([]);
  });

  test('A call that is older than what is kept says so, and so does the foot of the list.', async () => {
    await using app = await startApp({ capacity: 5 });
    for (let i = 0; i < 8; i++) await app.client.feedback.send.mutate(String(i));
    await using reader = await Reader.open(stage.browser, `${app.url}&call=gone.1`);
    await reader.isLive();
    await reader.page.getByText('This call is older than what is kept.').waitFor();
    await reader.page.getByText('5 calls are kept; 3 older ones are gone.').waitFor();
    expect(await reader.calls.count()).toBe(5);
    // A pinned call stays, however many calls follow.
    await reader.calls.last().click();
    await reader.press('p');
    for (let i = 0; i < 6; i++) await app.client.reports.late.mutate();
    // The calls that are shown also stay while a row is chosen.
    const pill = reader.page.getByRole('button', { name: /^\d new$/ });
    await pill.waitFor();
    expect(await reader.calls.filter({ hasText: 'feedback.send' }).count()).toBe(5);
    await pill.click();
    await reader.calls.filter({ hasText: 'feedback.send' }).nth(1).waitFor({ state: 'detached' });
    expect(await reader.calls.filter({ hasText: 'feedback.send' }).allInnerTexts()).toEqual([
      expect.stringContaining('pinned'),
    ]);
  });

  test('A server that does not answer is asked again, and one that was started again is told of.', async () => {
    expectConsole();
    const app = await startApp();
    await app.client.feedback.send.mutate('before');
    await using reader = await Reader.open(stage.browser, `${app.url}&filter=feedback`);
    await reader.isLive();
    await reader.calls.first().waitFor();
    const { port } = new URL(app.url);
    await app[Symbol.asyncDispose]();
    await reader.page.getByText(/The server does not answer\. Trying again in \d s\./).waitFor();
    const again = createInspector({ process: 'started again' });
    const server = await again.listen({ port: Number(port) });
    await reader.page.getByRole('button', { name: 'Try now' }).click();
    await reader.page.getByText('The server was started again. What it knew is gone.').waitFor();
    expect(await reader.filter.inputValue()).toBe('feedback');
    await reader.page.getByText('No call has come through this bus yet.').waitFor();
    await reader.page.getByRole('button', { name: 'Close' }).first().click();
    await server.close();
  });

  test('Clear forgets all calls, and a reader without actions can press nothing that acts.', async () => {
    await using app = await startApp();
    await app.client.feedback.send.mutate('x');
    await using reader = await Reader.open(stage.browser, app.url);
    await reader.isLive();
    await reader.calls.first().waitFor();
    await reader.page.getByRole('button', { name: 'Clear' }).click();
    await reader.page.getByText('No call has come through this bus yet.').waitFor();
    await using other = await startApp({ actions: false });
    await using watcher = await Reader.open(stage.browser, other.url);
    await watcher.isLive();
    expect(await watcher.page.getByRole('button', { name: 'Clear' }).isDisabled()).toBe(true);
    await watcher.press('g', 'p');
    await watcher.page.getByText('Nothing can be published here: the option actions is false.').waitFor();
  });
});
