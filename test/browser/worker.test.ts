import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printFigure } from '../setup/figure.ts';
import { BROKERS, withNames } from './brokers.ts';
import { hasChromium } from './chromium.ts';
import { weakTexts } from './contrast.ts';
import { watchPlaces } from './places.ts';
import { startShop } from './shop.ts';
import { openSite } from './site.ts';
import { STORIES } from './stories.ts';
import { Visitor } from './visitor.ts';

const WAITING = ['orders.place: succeeded', 'order.placed: 1 of 1 sent', 'sqs/orders: sent to orders'];

describe.skipIf(!hasChromium).each(BROKERS)(
  'the worker of the shop, on $name',
  { timeout: 120_000 },
  (broker) => {
    const site = openSite(broker.args);
    const lines = withNames(STORIES.order.lines, broker);
    /** Takes a screenshot, but only of the shop with its default broker. */
    const shoot = async (visitor: Visitor, name: string) => {
      if (broker.args.length === 0) await visitor.screenshot(name);
    };
    let visitor: Visitor;
    beforeAll(async () => {
      visitor = await Visitor.open(site.browser, site.shop.url);
    });
    afterAll(() => visitor.close());

    it('takes an order from the queue, and the page shows how long it was there', async () => {
      const { pid } = await visitor.worker('running');
      await visitor.press('order', lines.length);
      const notes = await visitor.page.getByTestId('note').allInnerTexts();
      expect(notes).toEqual([
        expect.stringMatching(/^\d+ ms in the queue$|^\d\.\d s in the queue$/),
        expect.stringMatching(/^\d+ ms in the queue$|^\d\.\d s in the queue$/),
      ]);
      await visitor.page.getByText(`Worker ${pid} takes orders. It has handled 1.`).waitFor();
      await expect
        .poll(() => site.shop.printed())
        .toMatch(/\nworker \d+: order\.placed .{9}, packParcel: done\n/);
      printFigure(`The order was ${notes[0]}.`);
    });

    it('is stopped by a press: orders wait, until another press starts it again', async () => {
      const other = await Visitor.open(site.browser, site.shop.url);
      const before = await visitor.worker('running');
      await visitor.turn('Stop');
      expect((await visitor.worker('stopped')).says).toBe(
        'The worker is stopped. Orders will wait in the queue.',
      );
      await visitor.button('order').click();
      await visitor.page.getByText('order.placed waits: the worker is stopped').waitFor();
      await visitor.page.getByText('The worker is stopped. One order waits in the queue.').waitFor();
      expect(await visitor.lines()).toEqual(withNames(WAITING, broker));
      await shoot(visitor, 'light-1280-worker-stopped');
      expect(await weakTexts(visitor.page)).toEqual([]);
      // Another visitor has the same worker, and one who comes later is told of it, too.
      expect((await other.worker('stopped')).says).toBe(
        'The worker is stopped. One order waits in the queue.',
      );
      await other.page.reload();
      await other.worker('stopped');

      await visitor.turn('Start');
      await visitor.settled('order', lines.length);
      expect(await visitor.lines()).toEqual(lines);
      const after = await visitor.worker('running');
      expect(after.pid).not.toBe(before.pid);
      await visitor.page.getByText(`Worker ${after.pid} takes orders. It has handled 1.`).waitFor();
      expect(visitor.complaints).toEqual([]);
      await other.close();
    });

    it('is said to have died when it was killed, and the order that it held is not lost', async () => {
      const { pid } = await visitor.worker('running');
      process.kill(pid, 'SIGSTOP'); // it may take the order from the queue now, and do no more
      await visitor.button('order').click();
      await visitor.page.getByText(/^ *order\.placed is in the queue *$/).waitFor();
      process.kill(pid, 'SIGKILL');
      expect((await visitor.worker('died')).says).toBe(
        `Worker ${pid} died: SIGKILL. One order waits in the queue.`,
      );
      await visitor.page.getByText('order.placed waits: the worker died').waitFor();
      await shoot(visitor, 'light-1280-worker-died');
      await visitor.turn('Start');
      await visitor.settled('order', lines.length);
      // The queue may have given the order to the stopped worker. Then the page says that it was delivered again.
      const told = (await visitor.lines()).map((line) =>
        line.replace(/(?<=^order\.placed: from \S+: )delivery 2$/, '… in the queue'),
      );
      expect(told).toEqual(lines);
      printFigure(
        `The order of a killed worker: ${await visitor.page.getByTestId('note').first().innerText()}.`,
      );
    });

    it('keeps its place and its words together on a phone, dark', async () => {
      const phone = await Visitor.open(site.browser, site.shop.url, {
        viewport: { width: 390, height: 844 },
        colorScheme: 'dark',
      });
      const height = async () => (await phone.page.locator('[data-worker]').boundingBox())!.height;
      await phone.worker('running');
      const running = await height();
      const places = await watchPlaces(phone.page);
      await phone.turn('Stop');
      await phone.worker('stopped');
      await phone.button('batch').click();
      await phone.page.getByText('2 events wait: the worker is stopped').waitFor();
      await shoot(phone, 'dark-390-worker-stopped');
      expect(await height()).toBe(running);
      expect(await weakTexts(phone.page)).toEqual([]);
      expect(await phone.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      await phone.turn('Start');
      await phone.settled('batch', STORIES.batch.lines.length);
      const moved = (await places()).filter(([part, ...seen]) => part.startsWith('batch') && seen.length > 1);
      expect(moved).toEqual([]);
      await phone.close();
    });

    it('is another one for another shop, and takes its orders from queues that the environment names', async () => {
      await using queues = await broker.start();
      const shop = await startShop({ variables: queues.variables });
      const other = await Visitor.open(site.browser, shop.url);
      const theirs = await other.worker('running');
      expect(theirs.pid).not.toBe((await visitor.worker('running')).pid);
      await other.turn('Stop');
      await other.worker('stopped');
      await visitor.press('order', lines.length);
      await other.button('order').click();
      await other.page.getByText('order.placed waits: the worker is stopped').waitFor();
      expect(queues.sent()).toEqual(['order.placed']);
      await other.turn('Start');
      await other.settled('order', lines.length);
      expect(await other.lines()).toEqual(withNames(STORIES.order.lines, queues));
      await other.close();
      expect(await shop.stop('SIGTERM')).toEqual({ code: 0, errors: '' });
    });

    it('is shown with the code that is in use', async () => {
      const files = await visitor.page.locator('summary').allInnerTexts();
      expect(files.filter((file) => file.startsWith('server/queues/'))).toEqual([broker.file, broker.file]);
    });
  },
);
