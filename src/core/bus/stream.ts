import type { BusState } from './bus-state.ts';
import { EventsError } from '../errors.ts';
import { aCount, aSignal, checkOptions } from '../options.ts';
import { assertSelects, compilePatterns } from '../catalog/pattern.ts';
import type { StreamOptions } from '../types/bus.ts';
import type { AnyEvent } from '../types/event.ts';
import { isWorkers, LOOK_EVERY } from '../workers.ts';

/** What a flush pushes its events into. */
export interface EventSink {
  push(event: AnyEvent): void;
  end(): void;
}

/**
 * `bus.stream`: what is flushed from now on. It holds at most `limit` events for a slow reader: then it lets go of them
 * and of its place at the bus, so that a stream that nobody reads costs no more than that.
 */
export function streamEvents(
  bus: BusState,
  pattern: unknown,
  options: StreamOptions = {},
): AsyncIterableIterator<AnyEvent> {
  checkOptions('bus.stream', options, { signal: aSignal, limit: aCount });
  const selector = compilePatterns(pattern);
  assertSelects(selector, bus.app.shape, 'bus.stream');
  const { selects } = selector;
  const { signal, limit = 1000 } = options;
  let waiting: AnyEvent[] = [];
  let failure: EventsError | undefined;
  let ended = false;
  const readers: { resolve(result: IteratorResult<AnyEvent>): void }[] = [];

  const sink: EventSink = {
    push(event) {
      if (!selects(event.name)) return;
      const reader = readers.shift();
      if (reader !== undefined) return reader.resolve({ done: false, value: event });
      waiting.push(event);
      if (waiting.length <= limit) return;
      failure = tooSlow(limit);
      waiting = [];
      sink.end();
    },
    end() {
      ended = true;
      bus.streams.delete(sink);
      signal?.removeEventListener('abort', sink.end);
      for (const reader of readers.splice(0)) reader.resolve({ done: true, value: undefined });
    },
  };
  if (bus.closing || signal?.aborted) ended = true;
  else {
    bus.streams.add(sink);
    signal?.addEventListener('abort', sink.end, { once: true });
  }

  const iterator: AsyncIterableIterator<AnyEvent> = {
    async next() {
      if (failure !== undefined) {
        const error = failure;
        failure = undefined;
        throw error;
      }
      const event = waiting.shift();
      if (event !== undefined) return { done: false, value: event };
      if (ended) return { done: true, value: undefined };
      if (!isWorkers) return new Promise((resolve) => readers.push({ resolve }));
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
      return iterator.next();
    },
    async return() {
      waiting = [];
      sink.end();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

function tooSlow(limit: number): EventsError {
  return new EventsError(
    'LIMIT_EXCEEDED',
    `A reader of bus.stream left ${limit + 1} events waiting, and its limit is ${limit}: read faster, select less, or raise the limit.`,
  );
}
