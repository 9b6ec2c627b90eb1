import { createBus } from '../../core/bus/create-bus.ts';
import { defineEvents, unchecked } from '../../core/catalog/catalog.ts';
import { compilePatterns } from '../../core/catalog/pattern.ts';
import type { AnyApp } from '../../core/types/app.ts';
import type { CoreBus } from '../../core/types/bus.ts';
import type { AnyEvent } from '../../core/types/event.ts';
import type { AnyHandler, EventHandler, HandleManyOptions, HandleOptions } from '../../core/types/handler.ts';
import { causeOf } from '../../core/words/quote.ts';
import type { ConformanceOptions, SampleEvent } from './types.ts';
import { pause } from './wait.ts';

/** How a stage presents the handler to its bus. */
export interface StageOptions {
  /** The only method that the bus finds, if the handler has it. Default: all that it has. */
  readonly way?: 'handle' | 'handleMany';
  /** Presents a forwarder as a local handler, because a forwarder gets no delivered events. */
  readonly isLocal?: boolean;
  /** Number of events that will be sent: their names make the catalog. Default: 20. */
  readonly events?: number;
}
/** Events that are sent in one flush. */
export interface Sending {
  readonly count?: number;
  readonly key?: string;
  /** Returns the minimum size of the payload of the event at this place. */
  readonly bytesOf?: (place: number) => number;
  /** Called with the ids before any event is handled. */
  readonly prepare?: (ids: readonly string[]) => void;
}
/** An event whose handling waits for `release`. */
interface Held {
  readonly sent: Promise<readonly string[]>;
  readonly release: () => void;
}

/** A handler on its own bus, with a record of everything that both do. */
export class Stage<H extends AnyHandler> {
  readonly handler: H;
  readonly bus: CoreBus<AnyApp>;
  /** All events in the order of their dispatch. */
  readonly events: AnyEvent[] = [];
  /** Ids of the events that the handler failed on, and why. */
  readonly failures = new Map<string, unknown>();
  /** Ids of the events that reached a handler registered after it. */
  readonly watched: string[] = [];
  /** Ids of the events that went through `send`, in order. */
  readonly sent: string[] = [];
  /** Number of calls of `handle` and `handleMany`. */
  calls = 0;
  /** Number of those calls that have not settled. */
  running = 0;
  readonly #options: ConformanceOptions<H>;
  readonly #releases: (() => void)[] = [];
  /** Words for what the case waits for: the error of a timeout quotes them. */
  waitsFor = 'its beginning';
  #isOver = false;

  constructor(handler: H, options: ConformanceOptions<H>, given: StageOptions) {
    this.handler = handler;
    this.#options = options;
    const names = new Set(Array.from({ length: given.events ?? 20 }, (_, n) => this.sample(n, 0).name));
    this.#assertSelected(names);
    const app = {
      shape: defineEvents(Object.fromEntries([...names].map((name) => [name, unchecked()]))).shape,
      metaSchema: undefined,
      namesContext: false,
    };
    const watcher: EventHandler = {
      name: 'conformance-watcher',
      passive: true,
      handle: ({ id }) => void this.watched.push(id),
    };
    this.bus = createBus(
      app,
      {
        handlers: [this.#seen(given), watcher],
        unhandled: 'ignore',
        onError: ({ error, event, listener }) => {
          if (event !== undefined && listener === handler.name) this.failures.set(event.id, error.cause);
        },
        observers: [
          {
            name: 'conformance',
            dispatched: (event) => void this.events.push(event),
            wrapSend: ({ events }, run) => (this.sent.push(...events.map(({ id }) => id)), void run()),
          },
        ],
      },
      { name: 'inline', start: (flush) => flush() },
    ).bus;
  }

  /** Sends events in one flush. Resolves when the handler says that they are handled. */
  async send({ count = 1, key, bytesOf = () => 0, prepare }: Sending = {}): Promise<readonly string[]> {
    const from = this.events.length;
    const ids = () => this.events.slice(from, from + count).map(({ id }) => id);
    await this.bus.scope(({ dispatch }) => {
      for (let i = 0; i < count; i++) {
        const { name, payload } = this.sample(from + i, bytesOf(i));
        dispatch(name, payload, { key });
      }
      prepare?.(ids());
    });
    return ids();
  }

  /** Sends one event whose handling does not end before `release` is called. Resolves when the handling has begun. */
  async sendHeld(sending: Pick<Sending, 'key'> = {}): Promise<Held> {
    let release = () => {};
    const sent = this.send({ ...sending, prepare: ([id]) => (release = this.hold(id!)) });
    await this.untilCalled(sent);
    return { sent, release };
  }

  /** Keeps the handling of an event from ending before the returned function is called. */
  hold(id: string): () => void {
    const release = this.#options.hold!(this.handler, id);
    this.#releases.push(release);
    return release;
  }

  fail(id: string): void {
    this.#options.fail!(this.handler, id);
  }

  /** Returns the ids in the order of handling, with a list for events that were sent at once. */
  async batches(): Promise<readonly (string | readonly string[])[]> {
    return this.#options.received!(this.handler);
  }

  async received(): Promise<readonly string[]> {
    return (await this.batches()).flat();
  }

  /** True if `received` is given, so that the suite can see what was handled. */
  get isSeen(): boolean {
    return this.#options.received !== undefined;
  }

  /** Waits for a promise, or until a condition holds. `what` names it in the error if the case times out meanwhile. */
  async until<R>(what: string, done: Promise<R>): Promise<R>;
  async until(what: string, done: () => boolean | Promise<boolean>): Promise<void>;
  async until(what: string, done: Promise<unknown> | (() => boolean | Promise<boolean>)): Promise<unknown> {
    this.waitsFor = what;
    if (typeof done !== 'function') return done;
    while (!this.#isOver && !(await done())) await pause(2);
    return undefined;
  }

  /** Waits until the handler is called for what is being sent. */
  async untilCalled(sent: Promise<unknown>, times = 1): Promise<void> {
    const called = this.until('the call of handle or handleMany', () => this.calls >= times);
    await Promise.race([called, sent.then(() => called)]);
  }

  /** Names an event in error messages by its place, which tells more than its id. */
  place(id: string): string {
    const n = this.events.findIndex((event) => event.id === id);
    return n === -1 ? `an event of the unknown id ${JSON.stringify(id)}` : `event ${n}`;
  }

  /** @throws Error if the handler failed */
  assertNoFailures(): void {
    for (const [id, cause] of this.failures)
      throw new Error(`It failed on ${this.place(id)}, though nothing was wrong: ${causeOf(cause)}`);
  }

  /** @throws Error unless the handler failed on these ids and on no others */
  assertFailed(expected: readonly string[], why: string): void {
    for (const id of expected) {
      if (this.failures.has(id)) continue;
      throw new Error(
        `${why} on ${this.place(id)}, and it reported no failure: it must throw, or list it in failures.`,
      );
    }
    for (const [id, cause] of this.failures) {
      if (expected.includes(id)) continue;
      throw new Error(
        `${why} only on ${expected.map((it) => this.place(it)).join(', ')}, and ${this.place(id)} has failed, too: ${causeOf(cause)}`,
      );
    }
  }

  /** @throws Error unless each event was handled once */
  async assertOnce(ids: readonly string[]): Promise<void> {
    const received = await this.received();
    const times = new Map<string, number>();
    for (const id of received) times.set(id, (times.get(id) ?? 0) + 1);
    const missing = ids.filter((id) => !times.has(id));
    if (missing.length > 0)
      throw new Error(
        `${missing.length} of ${ids.length} events were not handled, the first of them ${this.place(missing[0]!)}.`,
      );
    const sent = new Set(ids);
    for (const [id, n] of times) {
      if (n > 1) throw new Error(`It handled ${this.place(id)} ${n} times.`);
      if (!sent.has(id)) throw new Error(`It handled ${this.place(id)}, which was not sent.`);
    }
  }

  /** @throws Error if a later event was handled before an earlier one */
  async assertOrder(ids: readonly string[]): Promise<void> {
    const order = [...new Set(await this.received())]
      .map((id) => ids.indexOf(id))
      .filter((place) => place !== -1);
    const at = order.findIndex((place, i) => i > 0 && place < order[i - 1]!);
    if (at !== -1)
      throw new Error(
        `It handled ${this.place(ids[order[at - 1]!]!)} before ${this.place(ids[order[at]!]!)}.`,
      );
  }

  /** Closes everything, whatever the result of the case is. */
  async end(): Promise<void> {
    this.#isOver = true;
    for (const release of this.#releases) release();
    await this.bus.close({ timeout: 1000 }).catch(() => {});
  }

  sample(n = 0, bytes = 0): SampleEvent {
    const { event = sampleEvent } = this.#options;
    return event(n, bytes);
  }

  #assertSelected(names: ReadonlySet<string>): void {
    const { selects, text } = compilePatterns(this.handler.events ?? '*');
    for (const name of names) {
      if (selects(name)) continue;
      throw new Error(
        `The handler ${JSON.stringify(this.handler.name)} takes ${JSON.stringify(text)}, which does not select ${JSON.stringify(name)}: let options.event give events that it takes.`,
      );
    }
  }

  /** Counts a call of the handler until it has settled. */
  async #count(call: () => unknown): Promise<unknown> {
    this.calls++;
    this.running++;
    try {
      return await call();
    } finally {
      this.running--;
    }
  }

  /** Wraps the handler for its bus, to count its calls and to apply the stage's options. */
  #seen({ way, isLocal = false }: StageOptions): EventHandler {
    const { handler } = this;
    const { name, events, passive, remote, local } = handler;
    const only = way !== undefined && handler[way] !== undefined ? way : undefined;
    const handle = (event: AnyEvent, options: HandleOptions) =>
      this.#count(() => handler.handle!(event, options));
    const handleMany = (events: readonly AnyEvent[], options: HandleManyOptions) =>
      this.#count(() => handler.handleMany!(events, options));
    return {
      name,
      ...(events !== undefined && { events }),
      ...(passive !== undefined && { passive }),
      ...(remote !== undefined && !isLocal && { remote, local }),
      ...(handler.handle !== undefined && only !== 'handleMany' && { handle }),
      ...(handler.handleMany !== undefined && only !== 'handle' && { handleMany }),
      ...(handler.close !== undefined && { close: () => handler.close!() }),
    };
  }
}

function sampleEvent(n: number, bytes: number): SampleEvent {
  return { name: 'thing.happened', payload: { n, at: new Date(0), text: 'x'.repeat(bytes) } };
}
