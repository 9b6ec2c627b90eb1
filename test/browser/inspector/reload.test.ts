import { z } from 'zod';
import { describe, expect, test } from 'vitest';
import { defineEvents, initEvents } from 'trpc-events';
import { createInspector } from 'trpc-events/inspector';
import { hasChromium } from '../chromium.ts';
import { Reader } from './reader.ts';
import { openStage } from './stage.ts';

const e = initEvents.create(
  defineEvents({ 'mail.sent': z.object({ to: z.string() }), 'mail.read': z.object({ by: z.string() }) }),
);

/** Makes everything that a module makes when it is evaluated. A hot reload evaluates it again, in the same process. */
async function evaluate(listener: string) {
  const inspector = createInspector({ process: 'reloaded page' });
  const handlers = e.router().on('mail.*', () => {}, { name: listener });
  const bus = e.bus({ handlers: [handlers], observers: [inspector] });
  const server = await inspector.listen({ port: 0 });
  return { bus, server };
}

describe.skipIf(!hasChromium)('A hot reload', () => {
  const stage = openStage();

  test('The page goes on with its calls, its filter and its choice, and sees what the new module does.', async () => {
    const first = await evaluate('before');
    await first.bus.publish('mail.sent', { to: 'ada' });
    await using reader = await Reader.open(stage.browser, `${first.server.url}&filter=mail.*`);
    await reader.isLive();
    await reader.calls.first().click();
    await reader.row('before').getByText('handled', { exact: true }).waitFor();
    const chosen = reader.page.locator('[role=row][data-call][aria-selected=true]');
    const id = await chosen.getAttribute('data-call');

    const second = await evaluate('after');
    expect(second.server.url).toBe(first.server.url);
    await second.bus.publish('mail.read', { by: 'ada' });
    await reader.page.getByRole('button', { name: '1 new' }).click();
    await expect.poll(() => reader.calls.count()).toBe(2);
    expect(await chosen.getAttribute('data-call')).toBe(id);
    expect(await reader.filter.inputValue()).toBe('mail.*');
    await reader.calls.first().click();
    await reader.row('after').getByText('handled', { exact: true }).waitFor();
    await reader.page.locator('[data-connection=live]').waitFor();
    expect(await reader.page.getByText('The server was started again.').count()).toBe(0);
    expect(reader.complaints).toEqual([]);
    await Promise.all([first.bus.close(), second.bus.close()]);
    await second.server.close();
  });
});
