import type { AnyEvent, HandleManyOptions } from '../../src/index.ts';
import { Office } from './office.ts';

const moment = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

/** Handlers that are broken in one way each, the case that must find the bug, and a part of its message. */
export const broken: readonly { case: string; says: string; make: () => Office }[] = [
  {
    case: 'handles each event of a flush once, by handle and by handleMany',
    says: 'By handle: 3 of 3 events were not handled, the first of them event 0.',
    make: () =>
      new (class extends Office {
        override async handle() {}
      })(),
  },
  {
    case: 'handles the events of a flush in the order of their dispatch',
    says: 'It handled event 19 before event 18.',
    make: () =>
      new (class extends Office {
        override handleMany(events: readonly AnyEvent[], options: HandleManyOptions) {
          return super.handleMany([...events].reverse(), options);
        }
      })(),
  },
  {
    case: 'is not called for a flush without events, and does nothing then',
    says: 'Nothing was dispatched, and it handled an event of the unknown id "nothing".',
    make: () =>
      new (class extends Office {
        override async close() {
          if (this.sent.length === 0) this.sent.push(['nothing']);
        }
      })(),
  },
  {
    case: 'fails on an event that it cannot handle, and then goes on',
    says: 'It was made to fail on event 0 alone, and event 1 has failed too: Error: It has failed before',
    make: () =>
      new (class extends Office {
        #hasFailed = false;
        override async post(events: readonly AnyEvent[], options: HandleManyOptions) {
          if (this.#hasFailed) throw new Error('It has failed before');
          const result = await super.post(events, options);
          this.#hasFailed = result.failures.length > 0;
          return result;
        }
      })(),
  },
  {
    case: 'fails only on those events of a flush that it cannot handle',
    says: 'It was made to fail on event 1 alone, and event 0 has failed too: Error: It is refused',
    make: () =>
      new (class extends Office {
        override async post(events: readonly AnyEvent[], options: HandleManyOptions) {
          const result = await super.post(events, options);
          if (events.some(({ id }) => this.refused.has(id))) throw result.failures[0]!.error;
          return result;
        }
      })(),
  },
  {
    case: 'ends before its deadline, even if it cannot handle an event',
    says: ' ms after its deadline.',
    make: () =>
      new (class extends Office {
        protected override async stamp(event: AnyEvent, signal: AbortSignal) {
          if (event.id === 'to-be-refused') await new Promise((resolve) => setTimeout(resolve, 1500));
          return super.stamp(event, signal);
        }
      })(),
  },
  {
    case: 'handles a slow event once, and delays no other handler meanwhile',
    says: 'It handled event 0 2 times.',
    make: () =>
      new (class extends Office {
        override async post(events: readonly AnyEvent[], options: HandleManyOptions) {
          if (!events.some(({ id }) => this.kept.has(id))) return super.post(events, options);
          await moment();
          this.sent.push(events.map(({ id }) => id));
          return super.post(events, options);
        }
      })(),
  },
  {
    case: 'is closed only after it has handled what it has begun',
    says: 'It was closed, and had not yet handled what was held.',
    make: () =>
      new (class extends Office {
        override async handleMany(events: readonly AnyEvent[], options: HandleManyOptions) {
          const done = super.handleMany(events, options);
          done.catch(() => {});
          if (!events.some(({ id }) => this.kept.has(id))) return done;
          return Promise.race([done, moment().then(() => ({ failures: [] }))]);
        }
      })(),
  },
  {
    case: 'can be closed twice',
    says: 'The second close() threw Error: It is closed',
    make: () =>
      new (class extends Office {
        override async close() {
          if (this.isClosed) throw new Error('It is closed');
          this.isClosed = true;
        }
      })(),
  },
  {
    case: 'leaves events as they are',
    says: 'It changed event 0 from { id: ',
    make: () =>
      new (class extends Office {
        protected override async stamp(event: AnyEvent, signal: AbortSignal) {
          const { at } = event.payload as { at: Date };
          at.setFullYear(2000);
          return super.stamp(event, signal);
        }
      })(),
  },
  {
    case: 'handles 10,000 events of one flush',
    says: '5000 of 10000 events were not handled, the first of them event 5000.',
    make: () =>
      new (class extends Office {
        override handleMany(events: readonly AnyEvent[], options: HandleManyOptions) {
          return super.handleMany(events.slice(0, 5000), options);
        }
      })(),
  },
  {
    case: 'keeps the order of a key over flushes that overlap',
    says: 'It handled event 1 before event 0.',
    make: () =>
      new (class extends Office {
        override handleMany(events: readonly AnyEvent[], options: HandleManyOptions) {
          return this.post(events, options);
        }
      })(),
  },
  {
    case: 'ends when its signal aborts',
    says: 'After 300 ms it still waits for its end, though its signal is aborted.',
    make: () =>
      new (class extends Office {
        protected override wait(kept: Promise<void>) {
          return kept;
        }
      })(),
  },
  {
    case: 'sends each event by one call of send',
    says: 'It sent event 0 by 0 calls of send.',
    make: () =>
      new (class extends Office {
        protected override async deliver(events: readonly AnyEvent[]) {
          this.sent.push(events.map(({ id }) => id));
        }
      })(),
  },
  {
    case: 'sends no more events at once than maxBatch',
    says: 'It sent 21 events at once, and maxBatch is 10.',
    make: () =>
      new (class extends Office {
        protected override get maxBatch() {
          return 1000;
        }
      })(),
  },
  {
    case: 'fails only on an event of more than maxBytes',
    says: 'A payload has more than 1000 bytes on event 1, and it reported no failure: it must throw, or list it in failures.',
    make: () =>
      new (class extends Office {
        override async post(events: readonly AnyEvent[], options: HandleManyOptions) {
          return super.post(
            events.filter(({ payload }) => JSON.stringify(payload).length <= 1000),
            options,
          );
        }
      })(),
  },
];
