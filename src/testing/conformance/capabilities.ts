import type { Case } from './case.ts';
import { pause, quiet } from './wait.ts';

/** A wait that is longer than a handler gathers events for one batch, in ms. */
const GATHERED = 150;

/** Cases for the capabilities that a handler may declare. */
export const CAPABILITIES: readonly Case[] = [
  {
    name: 'keeps the order of a key over flushes that overlap',
    needs: ['hold', 'received'],
    capability: 'ordered',
    async run(set) {
      const stage = await set();
      const { sent: first, release } = await stage.sendHeld({ key: 'k' });
      // The second event must not join the first one's batch, which would keep the order anyway.
      await pause(GATHERED);
      const second = stage.send({ key: 'k' });
      await stage.untilCalled(second, 2);
      await quiet();
      release();
      const ids = await stage.until('both flushes', Promise.all([first, second]));
      await stage.until('bus.close()', stage.bus.close());
      await stage.assertOrder(ids.flat());
    },
  },
  {
    name: 'ends when its signal aborts',
    needs: ['hold'],
    capability: 'abortable',
    async run(set) {
      const stage = await set({ isLocal: true });
      const controller = new AbortController();
      const { name, payload } = stage.sample();
      const id = 'to-be-aborted';
      stage.hold(id);
      const delivered = stage.bus.deliver(
        { id, name, payload, time: new Date() },
        { signal: controller.signal },
      );
      await stage.untilCalled(delivered);
      controller.abort();
      const { failures } = await stage.until('its end, though its signal is aborted', delivered);
      if (failures.length === 0)
        throw new Error('It was aborted, and reported no failure: nobody would give it that event again.');
      const closing = await set();
      await closing.sendHeld();
      await quiet();
      const isHeld = closing.running > 0;
      await closing.bus.close({ timeout: 50 }).catch(() => {});
      if (closing.running > 0)
        throw new Error('It went on though bus.close had run out of time, and had aborted its signal.');
      const held = closing.events.map((event) => event.id);
      if (isHeld) closing.assertFailed(held, 'bus.close had run out of time');
    },
  },
  {
    name: 'sends each event by one call of send',
    needs: [],
    capability: 'sends',
    async run(set) {
      const stage = await set();
      // Two flushes at once: a handler that gathers them must name the events of both.
      const both = Promise.all([stage.send({ count: 3 }), stage.send({ count: 2 })]);
      const ids = (await stage.until('two flushes', both)).flat();
      await stage.until('bus.close()', stage.bus.close());
      stage.assertNoFailures();
      for (const id of ids) {
        const times = stage.sent.filter((sent) => sent === id).length;
        if (times !== 1) throw new Error(`It sent ${stage.place(id)} by ${times} calls of send.`);
      }
    },
  },
  {
    name: 'sends no more events at once than maxBatch',
    needs: ['received'],
    capability: 'maxBatch',
    async run(set, { maxBatch = 1 }) {
      const count = 2 * maxBatch + 1;
      const stage = await set({ events: count });
      await stage.until(`a flush of ${count}`, stage.send({ count }));
      await stage.until('bus.close()', stage.bus.close());
      const batches = await stage.batches();
      const lists = batches.filter((batch): batch is readonly string[] => typeof batch !== 'string');
      if (lists.length === 0 && maxBatch > 1)
        throw new Error('options.received gives no lists: nobody can tell what was sent at once.');
      const large = lists.find(({ length }) => length > maxBatch);
      if (large !== undefined)
        throw new Error(`It sent ${large.length} events at once, and maxBatch is ${maxBatch}.`);
    },
  },
  {
    name: 'fails only on an event of more than maxBytes',
    needs: [],
    capability: 'maxBytes',
    async run(set, { maxBytes = 0 }) {
      const stage = await set();
      const bytesOf = (place: number) => (place === 1 ? maxBytes + 1 : 0);
      const [first, large, third] = await stage.until('a flush of 3', stage.send({ count: 3, bytesOf }));
      await stage.until('bus.close()', stage.bus.close());
      stage.assertFailed([large!], `A payload has more than ${maxBytes} bytes`);
      if (stage.isSeen) await stage.assertOnce([first!, third!]);
    },
  },
];
