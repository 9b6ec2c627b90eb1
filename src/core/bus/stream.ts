import { assertSelects, compilePatterns } from '../catalog/pattern.ts';
import { requestsAreIsolated, LOOK_EVERY } from '../host/isolation.ts';
import type { BusState, EventSink } from '../model/bus-state.ts';
import { scopeOfBus } from '../scope/storage.ts';
import type { StreamOptions } from '../types/bus.ts';
import type { AnyEvent } from '../types/event.ts';
import { EventsError } from '../words/errors.ts';
import { aCount, aSignal, readOptions } from '../words/options.ts';
import { isAborted, letGo, listen } from '../words/signals.ts';

/**
 * `bus.stream`: yields the events that are flushed from now on. At most `limit` events wait for a slow reader. At one more,
 * the stream drops them all and leaves the bus, so that a stream that nobody reads stops costing anything.
 */
export function streamEvents(
  bus: BusState,
  pattern: unknown,
  options?: StreamOptions,
): AsyncIterableIterator<AnyEvent> {
  const { signal, limit = 1000 } = readOptions('bus.stream', options, { signal: aSignal, limit: aCount });
  const selector = compilePatterns(pattern);
  assertSelects(selector, bus.app.shape);
  /** The call that reads the stream, if there is one. */
  const call = scopeOfBus(bus)?.root.call;
  const backlog = new Backlog(limit);
  const sink: EventSink = {
    push(event) {
      if (selector.selects(event.name) && !backlog.push(event)) end();
    },
    cut() {
      if (call !== undefined) call.isCut = true;
      end();
    },
  };
  function end() {
    bus.streams.delete(sink);
    backlog.end();
    letGo(signal, end);
  }
  if (isAborted(signal)) backlog.end();
  else if (bus.closing) sink.cut();
  else {
    listen(signal, end);
    bus.streams.add(sink);
  }

  const iterator: AsyncIterableIterator<AnyEvent> = {
    next: () => backlog.next(),
    async return() {
      backlog.clear();
      end();
      return END;
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

const END = { done: true, value: undefined } as const;

/** Events that wait for a reader, or readers that wait for an event. */
class Backlog {
  readonly #limit: number;
  #events: AnyEvent[] = [];
  readonly #readers: { resolve(result: IteratorResult<AnyEvent>): void }[] = [];
  /** The error that the next read throws. */
  #failure: EventsError | undefined = undefined;
  #hasEnded = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Returns false if there is no room for the event. */
  push(event: AnyEvent): boolean {
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader.resolve({ done: false, value: event });
      return true;
    }
    if (this.#events.push(event) <= this.#limit) return true;
    this.#failure = tooSlow(this.#limit);
    this.clear();
    return false;
  }

  clear(): void {
    this.#events = [];
  }

  /** Ends the stream: no more events will come. */
  end(): void {
    this.#hasEnded = true;
    for (const reader of this.#readers.splice(0)) reader.resolve(END);
  }

  async next(): Promise<IteratorResult<AnyEvent>> {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
    const event = this.#events.shift();
    if (event !== undefined) return { done: false, value: event };
    if (this.#hasEnded) return END;
    if (!requestsAreIsolated) return new Promise((resolve) => this.#readers.push({ resolve }));
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    return this.next();
  }
}

function tooSlow(limit: number): EventsError {
  return new EventsError(
    'LIMIT_EXCEEDED',
    `A reader of bus.stream left ${limit + 1} events waiting, and its limit is ${limit}: read faster, select less, or raise the limit.`,
  );
}
