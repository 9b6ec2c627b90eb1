import { describe, expect, test } from 'vitest';
import { hasChromium } from '../chromium.ts';
import { Reader } from './reader.ts';
import { openStage } from './stage.ts';

describe.skipIf(!hasChromium)('The keys', () => {
  const stage = openStage();
  const open = async () => {
    const reader = await Reader.open(stage.browser, stage.app.url);
    await reader.isLive();
    return reader;
  };
  /** Returns the accessible name of the focused element, or its text if it has no name. */
  const focused = (reader: Reader) =>
    reader.page.evaluate<string>(
      `document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent`,
    );
  const chosenCall = (reader: Reader) =>
    reader.page.locator('[role=row][data-call][aria-selected=true]').innerText();
  const chosenRow = (reader: Reader) =>
    reader.page.locator('[role=row][aria-level][aria-selected=true] [role=gridcell]').first().innerText();

  test('Arrows and letters go through the list, into the timeline and the detail, and back.', async () => {
    await using reader = await open();
    await stage.app.client.users.signUp.mutate({ name: 'Ada' });
    await reader.calls.filter({ hasText: 'users.signUp' }).first().waitFor();
    await stage.app.client.feedback.send.mutate('x');
    await reader.calls.filter({ hasText: 'feedback.send' }).first().waitFor();
    await reader.press('j');
    await expect.poll(() => focused(reader)).toBe('Calls');
    await reader.press('Home');
    expect(await chosenCall(reader)).toContain('feedback.send');
    await reader.press('ArrowDown');
    expect(await chosenCall(reader)).toContain('users.signUp');
    await reader.press('k', 'j', 'End', 'Home', 'PageDown', 'Home', 'j', 'Enter');
    await reader.until(`document.activeElement.getAttribute('aria-label') === 'Timeline'`);
    await reader.row('countMail').waitFor();
    await reader.press('ArrowDown');
    expect(await chosenRow(reader)).toBe('user.created');
    await reader.press('ArrowLeft'); // closes what stands below
    expect(await reader.rows.count()).toBe(2);
    await reader.press('l');
    expect(await reader.rows.count()).toBe(6);
    await reader.press('j');
    expect(await chosenRow(reader)).toBe('writeJournal');
    await reader.press('l'); // opens the detail, because the row has nothing below it
    await reader.until(`document.activeElement.closest('[aria-label=Detail]') !== null`);
    await reader.press('h');
    await reader.until(`document.activeElement.getAttribute('aria-label') === 'Timeline'`);
    await reader.press('h', 'h', 'h', 'h');
    await reader.until(`document.activeElement.getAttribute('aria-label') === 'Calls'`);
    expect(reader.complaints).toEqual([]);
  });

  test('/ leads to the filter, Escape leaves it, and again clears it.', async () => {
    await using reader = await open();
    await reader.press('/');
    await reader.until(`document.activeElement.getAttribute('aria-label') === 'Filter'`);
    await reader.page.keyboard.type('gj?'); // letters are text in the filter
    expect(await reader.filter.inputValue()).toBe('gj?');
    await reader.press('Escape');
    await reader.until(`document.activeElement.getAttribute('aria-label') !== 'Filter'`);
    expect(await reader.filter.inputValue()).toBe('gj?');
    await reader.press('Escape');
    expect(await reader.filter.inputValue()).toBe('');
  });

  test('g and a letter change the view, and ? shows all keys until Escape, which gives the focus back.', async () => {
    await using reader = await open();
    await reader.press('g', 'w');
    await reader.page.getByRole('heading', { name: 'Events and who takes them' }).waitFor();
    await reader.press('g', 'p');
    await reader.page.getByRole('form', { name: 'Publish' }).waitFor();
    await reader.press('g', 'c');
    await reader.press('j');
    await reader.until(`document.activeElement.getAttribute('aria-label') === 'Calls'`);
    await reader.press('?');
    await reader.page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await reader.press('Escape');
    await reader.page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' });
    expect(await focused(reader)).toBe('Calls');
    await reader.page.goBack();
    expect(new URL(reader.page.url()).hash).toContain('view=publish');
  });

  test('f and F go from one call that failed to the next.', async () => {
    await using reader = await open();
    for (const name of ['Eve', 'Ada', 'Bob']) {
      await stage.app.client.users.signUp.mutate({ name }).catch(() => {});
    }
    await reader.calls.filter({ hasText: 'users.signUp' }).nth(2).waitFor();
    await reader.press('f');
    const first = reader.page.url();
    await reader.row('users.signUp').getByText('failed: CONFLICT').waitFor();
    await reader.press('f');
    await reader.row('sendWelcomeMail').getByText('failed: The mail server').waitFor();
    await reader.press('F');
    expect(reader.page.url()).toBe(first);
  });

  test('Space pauses and goes on, p pins, and c copies the payload.', async () => {
    await using reader = await open();
    await reader.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await reader.choose('feedback.send', () => stage.app.client.feedback.send.mutate('to copy'));
    // A copy of a call has everything that it led to.
    await reader.press('c');
    await reader.page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(JSON.parse(await reader.page.evaluate<string>('navigator.clipboard.readText()'))).toMatchObject({
      kind: 'mutation',
      ok: true,
      happened: ['feedback.send: succeeded', '  feedback.sent: nobody takes it'],
    });
    await reader.row('feedback.sent').click();
    await reader.page.getByRole('tree', { name: 'Payload' }).getByText('"to copy"').waitFor();
    await reader.press('c');
    await reader.page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await reader.page.evaluate('navigator.clipboard.readText()')).toBe('{\n  "text": "to copy"\n}');
    await reader.press('p');
    await reader.calls.filter({ hasText: 'pinned' }).waitFor();
    await reader.press('p');
    await reader.calls.filter({ hasText: 'pinned' }).waitFor({ state: 'detached' });
    await reader.page.getByRole('treegrid', { name: 'Timeline' }).focus();
    await reader.press('Space');
    await reader.page.locator('[data-connection=paused]').waitFor();
    await stage.app.client.reports.late.mutate();
    await reader.page.waitForTimeout(300);
    expect(await reader.page.getByRole('button', { name: /new/ }).count()).toBe(0);
    await reader.press('Space');
    await reader.page.getByRole('button', { name: '1 new' }).waitFor();
  });

  test('r redelivers what is chosen, and asks once.', async () => {
    await using reader = await open();
    await reader.choose('users.signUp', () => stage.app.client.users.signUp.mutate({ name: 'Eve' }));
    await reader.row('sendWelcomeMail').getByText('failed').waitFor();
    await reader.row('sendWelcomeMail').click();
    await reader.page.getByText('Runs only sendWelcomeMail').waitFor();
    await reader.press('r');
    await reader.page.getByRole('button', { name: 'Run sendWelcomeMail again?' }).waitFor();
    await reader.press('r');
    await reader.page.getByText('It failed again: The mail server has refused eve@example.com.').waitFor();
  });

  test('A payload is copied as the line that publishes it, with what JSON does not have.', async () => {
    await using reader = await open();
    await reader.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await reader.choose('publish', () =>
      stage.app.bus.publish('anything.seen', { at: new Date(0), n: 5n, of: new Map([['a', new Set([1])]]) }),
    );
    await reader.row('anything.seen').click();
    await reader.page.getByRole('button', { name: 'Copy as bus.publish' }).click();
    await reader.page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await reader.page.evaluate('navigator.clipboard.readText()'))
      .toBe(`await bus.publish("anything.seen", {
  at: new Date("1970-01-01T00:00:00.000Z"),
  n: 5n,
  of: new Map([
    [
      "a",
      new Set([
        1,
      ]),
    ],
  ]),
});`);
  });

  test('Letters do nothing with Ctrl, Alt or Meta.', async () => {
    await using reader = await open();
    await reader.press('Control+j', 'Alt+f', 'Meta+p', 'Control+Space');
    expect(new URL(reader.page.url()).hash).toBe('');
    await reader.page.locator('[data-connection=live]').waitFor();
  });
});
