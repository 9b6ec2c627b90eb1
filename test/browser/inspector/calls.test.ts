import { describe, expect, test } from 'vitest';
import { hasChromium } from '../chromium.ts';
import { Reader } from './reader.ts';
import { openStage } from './stage.ts';

describe.skipIf(!hasChromium)('The calls', () => {
  const stage = openStage();
  const open = async () => {
    const reader = await Reader.open(stage.browser, stage.app.url);
    await reader.isLive();
    return reader;
  };

  test('The page keeps the token for its tab, removes it from the address, and sends it only as a header.', async () => {
    const token = new URLSearchParams(new URL(stage.app.url).hash.slice(1)).get('token')!;
    await using reader = await open();
    expect(reader.page.url()).not.toContain(token);
    expect(reader.requests.join()).not.toContain(token);
    await reader.page.reload();
    await reader.isLive();
    expect(reader.complaints).toEqual([]);
    // A token that is pasted into the address of an open page doesn't stay there, either.
    await reader.page.evaluate(`location.hash = 'token=${token}'`);
    await reader.until(`!location.href.includes('token')`);
    await reader.isLive();
    // The filter, the choice and the view go into the address. The token never does.
    await reader.filter.fill('user.*');
    await reader.press('Escape', 'g', 'w');
    await reader.until(`location.hash.includes('view=wiring') && location.hash.includes('filter=user')`);
    expect(reader.page.url()).not.toContain(token);
    // Another tab of the same browser has no token.
    const tab = await reader.page.context().newPage();
    await tab.goto(stage.app.url.replace(/#.*/, ''));
    await tab.getByText('Open the address that the server printed when it started.').waitFor();
    await tab.close();
    await using other = await Reader.open(stage.browser, stage.app.url.replace(/#.*/, ''));
    await other.page
      .getByText('Open the address that the server printed when it started. It ends in #token=…')
      .waitFor();
  });

  test('A call comes in by itself, and its timeline says who handled its event.', async () => {
    await using reader = await open();
    await reader.choose('users.signUp', () => stage.app.client.users.signUp.mutate({ name: 'Grace' }));
    await reader.row('countMail').waitFor();
    const lines = await reader.lines();
    expect(lines).toEqual([
      '1 users.signUp: succeeded',
      '2 user.created: 2 of 2 handled',
      '3 writeJournal: handled',
      '3 sendWelcomeMail: handled',
      '4 mail.sent: 1 of 1 handled',
      '5 countMail: handled',
    ]);
    await reader.page.getByText('response sent,').waitFor();
    expect(reader.complaints).toEqual([]);
  });

  test('The work of a listener after the response stands right of the response’s line.', async () => {
    await using reader = await open();
    await reader.choose('users.signUp', () => stage.app.client.users.signUp.mutate({ name: 'Ada' }));
    await reader.row('countMail').waitFor();
    const places = await reader.page.evaluate<{ line: number; call: number; mail: number }>(`(() => {
      const row = (name) => [...document.querySelectorAll('[role=row][aria-level]')]
        .find((it) => it.textContent.includes(name)).querySelector('[role=gridcell] > [data-mark]').getBoundingClientRect();
      const grid = document.querySelector('[role=treegrid]');
      const track = row('users.signUp').left;
      return { line: track + parseFloat(grid.style.getPropertyValue('--sent')), call: row('users.signUp').left, mail: row('sendWelcomeMail').left };
    })()`);
    expect(places.line - places.call).toBeGreaterThanOrEqual(20);
    expect(places.mail).toBeGreaterThanOrEqual(places.line - 1);
  });

  test('The payload of an event is a tree, without what is redacted.', async () => {
    await using reader = await open();
    await reader.choose('users.signUp', () => stage.app.client.users.signUp.mutate({ name: 'Lin' }));
    await reader.row('user.created').click();
    const tree = reader.page.getByRole('tree', { name: 'Payload' });
    await tree.getByText('"lin@example.com"').waitFor();
    expect(await tree.getByRole('treeitem').allInnerTexts()).toEqual([
      '{ 4 keys }',
      'id\n"user-1003"',
      'email\n"lin@example.com"',
      'name\n"Lin"',
      'password\nredacted',
    ]);
    await reader.tab('Meta and ids');
    await reader.page.getByRole('tree', { name: 'Meta' }).getByText('"acme"').waitFor();
    await reader.tab('Handled by');
    await reader.detail.getByRole('button', { name: /sendWelcomeMail/ }).click();
    await reader.page.getByRole('tabpanel').getByText('handled').waitFor();
  });

  test('An error comes first, with the frames of the application.', async () => {
    await using reader = await open();
    await reader.choose('users.signUp', () => stage.app.client.users.signUp.mutate({ name: 'Eve' }));
    await reader.row('sendWelcomeMail').click();
    const panel = reader.page.getByRole('tabpanel');
    await panel.getByText('The mail server has refused eve@example.com.').waitFor();
    expect(await panel.locator('pre').first().innerText()).toContain('browser/inspector/app.ts');
  });

  test('While a row is chosen, or the reader is further down, new calls wait behind a pill.', async () => {
    await using reader = await open();
    await reader.choose('feedback.send', () => stage.app.client.feedback.send.mutate('one'));
    const chosen = reader.page.locator('[role=row][aria-selected=true][data-call]');
    const place = await chosen.boundingBox();
    const count = await reader.calls.count();
    for (let i = 0; i < 3; i++) await stage.app.client.feedback.send.mutate('more');
    const pill = reader.page.getByRole('button', { name: '3 new' });
    await pill.waitFor();
    expect(await chosen.boundingBox()).toEqual(place);
    expect(await reader.calls.count()).toBe(count);
    await pill.click();
    await pill.waitFor({ state: 'detached' });
    expect(await reader.calls.count()).toBe(count + 3);
  });

  test('The calls of a batch share a bracket, and queries that dispatched nothing are shown when asked for.', async () => {
    await using reader = await open();
    const client = stage.app.clients.client('httpBatchLink');
    await Promise.all(['a', 'b', 'c'].map((id) => client.orders.place.mutate({ id })));
    await client.users.list.query();
    const places = reader.calls.filter({ hasText: 'orders.place' });
    await places.nth(2).waitFor();
    const brackets = await Promise.all([0, 1, 2].map((i) => places.nth(i).getAttribute('data-bracket')));
    expect(brackets).toEqual(['first', 'middle', 'last']);
    expect(await reader.calls.filter({ hasText: 'users.list' }).count()).toBe(0);
    await reader.page.getByLabel('calls without events').check();
    await reader.calls.filter({ hasText: 'users.list' }).first().waitFor();
  });

  test('Errors, names and payloads are shown as text, with signs that nobody sees as escapes.', async () => {
    await using reader = await open();
    const evil = '<img src=x onerror=alert(1)>\u202e\u0000\u001b[31m';
    await reader.choose('jobs.seen', () =>
      stage.app.client.jobs.seen.mutate({
        [evil]: evil,
        long: 'x'.repeat(600),
        list: Array.from({ length: 150 }, (_, i) => i),
      }),
    );
    await reader.row('anything.seen').click();
    const tree = reader.page.getByRole('tree', { name: 'Payload' });
    await tree.getByText('"<img src=x onerror=alert(1)>\\u202e\\u0000\\u001b[31m"').waitFor();
    expect(await reader.page.locator('img').count()).toBe(0);
    await tree.getByRole('button', { name: 'show all 600 signs' }).click();
    await tree.getByText('x'.repeat(600)).waitFor();
    const list = tree.getByRole('treeitem').filter({ hasText: 'list' });
    expect(await list.getAttribute('aria-expanded')).toBe('false');
    await list.click();
    await tree.getByText('show 50 more of 50').click();
    expect(await tree.getByRole('treeitem').count()).toBe(4 + 150);
    expect(reader.complaints).toEqual([]);
  });

  test('An event that fails for good while a reader looks at it can be redelivered.', async () => {
    await using reader = await open();
    await reader.choose('orders.retried', () => stage.app.client.orders.retried.mutate());
    await reader.row('callBack').click();
    await reader.tab('Payload');
    await reader.page.getByRole('tree', { name: 'Payload' }).getByText('"ada"').waitFor();
    await reader.row('callBack').getByText('gave up after 2 attempts').waitFor();
    await reader.page.getByRole('button', { name: 'Redeliver' }).click({ timeout: 5000 });
    await reader.page.getByRole('button', { name: 'Run callBack again?' }).waitFor();
  });

  test('A redelivery names the one listener that it runs, asks once, and says what came of it.', async () => {
    await using reader = await open();
    await reader.choose('orders.pay', () => stage.app.client.orders.pay.mutate({ id: 'o-7' }));
    await reader.row('chargeCard').getByText('gave up after 3 attempts: ETIMEDOUT').waitFor();
    await reader.row('chargeCard').click();
    await reader.page.getByRole('button', { name: 'Redeliver' }).click();
    stage.app.gates.payment.open();
    await reader.page.getByRole('button', { name: 'Run chargeCard again?' }).click();
    await reader.page.getByText('chargeCard has handled it.').waitFor();
    await reader.row('chargeCard').getByText('handled').waitFor();
    await reader.rows.getByText('redelivered', { exact: true }).waitFor();
    // The error is an old one now, so its tab no longer comes first.
    await expect
      .poll(() => reader.page.getByRole('tab').allInnerTexts())
      .toEqual(['Attempts', 'Payload', 'Meta and ids', 'Error']);
  });

  test('Long words of an outcome are shown whole.', async () => {
    await using reader = await open();
    await reader.choose('users.signUp', () => stage.app.client.users.signUp.mutate({ name: 'Eve' }));
    const words = reader
      .row('sendWelcomeMail')
      .getByText('failed: The mail server has refused eve@example.com.');
    await words.waitFor();
    const isWhole = (it: unknown) => {
      const { scrollWidth, clientWidth } = it as { scrollWidth: number; clientWidth: number };
      return scrollWidth <= clientWidth;
    };
    expect(await words.evaluate(isWhole)).toBe(true);
  });
});
