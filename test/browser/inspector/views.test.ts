import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { hasChromium } from '../chromium.ts';
import { Reader } from './reader.ts';
import { openStage } from './stage.ts';

describe.skipIf(!hasChromium)('Wiring and Publish', () => {
  const stage = openStage();
  const open = async (view: string) => {
    const reader = await Reader.open(stage.browser, `${stage.app.url}&view=${view}`);
    await reader.page.locator('[data-connection=live]').waitFor();
    return reader;
  };

  test('Wiring draws who takes which event, with what was seen of them.', async () => {
    await stage.app.client.users.signUp.mutate({ name: 'Ada' });
    await using reader = await open('wiring');
    const events = reader.page.getByRole('listbox', { name: 'Events' });
    const lines = reader.page.locator('main svg path[data-chosen]');
    await lines.first().waitFor({ state: 'attached' });
    expect(
      await events.getByRole('group', { name: 'Nobody takes these' }).getByRole('option').allInnerTexts(),
    ).toEqual(['feedback.sent']);
    const all = await lines.count();
    await events.getByRole('option', { name: /user\.created/ }).click();
    expect(await events.getByRole('option', { selected: true }).innerText()).toMatch(/^user\.created\s+1$/);
    await reader.until(`document.querySelectorAll('main svg path[data-chosen]').length < ${all}`);
    expect(await lines.count()).toBe(2);
    await reader.page.getByRole('tree', { name: 'Schema' }).getByText('"object"').waitFor();
    await reader.tab('Listeners');
    await reader.detail.getByText('sendWelcomeMail').waitFor();
    await events.press('ArrowDown');
    expect(await events.getByRole('option', { selected: true }).innerText()).toContain('mail.sent');
    const retried = reader.page.getByRole('listitem').filter({ hasText: 'chargeCard' });
    expect(await retried.count()).toBe(1);
    expect(reader.complaints).toEqual([]);
  });

  test('The AsyncAPI document is saved as a file.', async () => {
    await using reader = await open('wiring');
    const [download] = await Promise.all([
      reader.page.waitForEvent('download'),
      reader.page.getByRole('button', { name: 'Save the AsyncAPI document' }).click(),
    ]);
    const document = JSON.parse(await readFile(await download.path(), 'utf8')) as object;
    expect(document).toMatchObject({ asyncapi: expect.stringMatching(/^3\./) as string });
    expect(reader.complaints).toEqual([]);
  });

  test('Publish fills the payload in, says at its path what the schema refuses, and goes to what came of it.', async () => {
    await using reader = await open('publish');
    const payload = reader.page.getByLabel('Payload, as JSON');
    await reader.page.getByLabel('Event').fill('payment.due');
    await reader.until(`document.querySelector('#publish-payload').value.includes('cents')`);
    expect(JSON.parse(await payload.inputValue())).toEqual({ order: '', cents: 1 });
    const publish = reader.page.getByRole('button', { name: 'Publish' });
    await payload.fill('{ "order": "o-1", "cents": 0 }');
    await publish.click();
    await reader.page.getByText('The schema refuses this payload:').waitFor();
    expect(await reader.page.locator('#publish-payload-problem code').innerText()).toBe('cents');
    await payload.fill('{ "order": ');
    await publish.click();
    await reader.page.getByText('This is no JSON:').waitFor();
    await payload.fill('{ "order": "o-1", "cents": 5 }');
    await publish.click();
    await reader.row('payment.due').waitFor();
    await reader.row('publish').waitFor();
    expect(await reader.page.getByText('no response here: a publish').count()).toBe(1);
  });
});
