import { shown } from '../show.ts';
import type { Case } from './case.ts';
import { quiet } from './wait.ts';

const MANY = 10_000;
/** The time that a handler is given for its own retries, and how much longer it may take, in ms. */
const [BUDGET, LATE] = [100, 300];

/** Cases for the contract of `EventHandler`. */
export const CONTRACT: readonly Case[] = [
  {
    name: 'handles each event of a flush once, by handle and by handleMany',
    needs: ['received'],
    async run(set) {
      for (const way of ['handle', 'handleMany'] as const) {
        const stage = await set({ way });
        if (stage.handler[way] === undefined) continue;
        try {
          const ids = await stage.until(`a flush of 3, by ${way}`, stage.send({ count: 3 }));
          await stage.until('bus.close()', stage.bus.close());
          stage.assertNoFailures();
          await stage.assertOnce(ids);
        } catch (error) {
          throw new Error(`By ${way}: ${(error as Error).message}`, { cause: error });
        }
      }
    },
  },
  {
    name: 'handles the events of a flush in the order of their dispatch',
    needs: ['received'],
    async run(set) {
      const stage = await set();
      const ids = await stage.until('a flush of 20', stage.send({ count: 20 }));
      await stage.until('bus.close()', stage.bus.close());
      await stage.assertOrder(ids);
    },
  },
  {
    name: 'is not called for a flush without events, and does nothing then',
    needs: ['received'],
    async run(set) {
      const stage = await set();
      await stage.until('an empty flush', stage.send({ count: 0 }));
      await stage.until('bus.close()', stage.bus.close());
      if (stage.calls > 0) throw new Error('It was called.');
      const [first] = await stage.received();
      if (first !== undefined)
        throw new Error(`Nothing was dispatched, and it handled ${stage.place(first)}.`);
    },
  },
  {
    name: 'fails on an event that it cannot handle, and then goes on',
    needs: ['fail'],
    async run(set) {
      const stage = await set();
      const why = 'It was made to fail';
      const failed = await stage.until('what fails', stage.send({ prepare: ([id]) => stage.fail(id!) }));
      const others = await stage.until('the flush after that', stage.send());
      await stage.until('bus.close()', stage.bus.close());
      stage.assertFailed(failed, why);
      if (stage.watched.length < 2) throw new Error(`${why}, and hindered the handler after it.`);
      if (stage.isSeen) await stage.assertOnce(others);
    },
  },
  {
    name: 'fails only on those events of a flush that it cannot handle',
    needs: ['fail'],
    async run(set) {
      const stage = await set();
      const prepare = ([, second]: readonly string[]) => stage.fail(second!);
      const [first, second, third] = await stage.until('a flush of 3', stage.send({ count: 3, prepare }));
      await stage.until('bus.close()', stage.bus.close());
      stage.assertFailed([second!], 'It was made to fail');
      if (stage.isSeen) await stage.assertOnce([first!, third!]);
    },
  },
  {
    name: 'ends before its deadline, even if it cannot handle an event',
    needs: ['fail'],
    async run(set) {
      const stage = await set({ isLocal: true });
      const { name, payload } = stage.sample();
      const id = 'to-be-refused';
      stage.fail(id);
      const start = performance.now();
      const envelope = { id, name, payload, time: new Date() };
      const delivered = stage.bus.deliver(envelope, { budget: BUDGET });
      const { failures } = await stage.until('its end, though its deadline is over', delivered);
      const late = Math.round(performance.now() - start - BUDGET);
      if (late > LATE) throw new Error(`It ended ${late} ms after its deadline.`);
      if (failures.length === 0) throw new Error('It was made to fail, and reported no failure.');
    },
  },
  {
    name: 'handles a slow event once, and delays no other handler meanwhile',
    needs: ['hold', 'received'],
    async run(set) {
      const stage = await set();
      const { sent, release } = await stage.sendHeld();
      await stage.until('the handler after it', () => stage.watched.length === 1);
      const meanwhile = stage.send();
      await quiet();
      release();
      const ids = await stage.until('what was held', sent);
      const others = await stage.until('what was sent meanwhile', meanwhile);
      await stage.until('bus.close()', stage.bus.close());
      stage.assertNoFailures();
      await stage.assertOnce([...ids, ...others]);
    },
  },
  {
    name: 'is closed only after it has handled what it has begun',
    needs: ['hold', 'received'],
    async run(set) {
      const stage = await set();
      const { sent, release } = await stage.sendHeld();
      let isClosed = false;
      const closed = stage.bus.close().then(() => (isClosed = true));
      await quiet();
      if (isClosed) throw new Error('It was closed, and had not yet handled what was held.');
      release();
      await stage.until('bus.close()', closed);
      const received = await stage.received();
      const [id] = await sent;
      if (!received.includes(id!)) throw new Error('It was closed, and has not handled what was held.');
    },
  },
  {
    name: 'can be closed twice',
    needs: [],
    async run(set) {
      const stage = await set();
      await stage.until('a flush', stage.send());
      await stage.until('bus.close()', stage.bus.close());
      const before = stage.isSeen ? (await stage.received()).length : 0;
      try {
        await stage.until('close(), for the second time', Promise.resolve(stage.handler.close?.()));
      } catch (error) {
        throw new Error(`The second close() threw ${String(error)}`, { cause: error });
      }
      const after = stage.isSeen ? (await stage.received()).length : 0;
      if (after !== before) throw new Error('The second close() sent something.');
    },
  },
  {
    name: 'leaves events as they are',
    needs: [],
    async run(set) {
      const stage = await set();
      let before: string[] = [];
      const prepare = () => (before = stage.events.map(shown));
      await stage.until('a flush of 2', stage.send({ count: 2, prepare }));
      await stage.until('bus.close()', stage.bus.close());
      stage.assertNoFailures();
      for (const [n, event] of stage.events.entries()) {
        const now = shown(event);
        if (now !== before[n]) throw new Error(`It changed event ${n} from ${before[n]} to ${now}.`);
      }
    },
  },
  {
    name: 'handles 10,000 events of one flush',
    needs: ['received'],
    async run(set) {
      const stage = await set({ events: MANY });
      const ids = await stage.until('a flush of 10,000', stage.send({ count: MANY }));
      await stage.until('bus.close()', stage.bus.close());
      stage.assertNoFailures();
      await stage.assertOnce(ids);
    },
  },
];
