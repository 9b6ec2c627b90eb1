import { compilePatterns } from '../../core/catalog/pattern.ts';
import type { AnyCatalogTypes } from '../../core/types/catalog.ts';
import type { AnyEvent } from '../../core/types/event.ts';
import { isObject } from '../../core/words/guards.ts';
import { badArgument } from '../../core/words/options.ts';
import { quote } from '../../core/words/quote.ts';
import { valueText } from '../show.ts';
import { isLike } from './like.ts';
import { observerOf, Recording, type Story } from './recording.ts';
import { lineOf, textOf } from './text.ts';
import { treeOf } from './tree.ts';
import type { EventRecorder, RecordableBus } from './types.ts';

/**
 * Records what a bus does from now on. The recorder only observes. To wait for listeners, call `await bus.drain()`.
 *
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import { recordEvents } from 'trpc-events/testing';
 *
 * await using events = recordEvents(bus);
 * await caller.signUp({ email: 'ada@example.org' });
 * await bus.drain();
 * const { payload } = events.only('user.created');
 * ```
 */
export function recordEvents<T extends AnyCatalogTypes>(bus: RecordableBus<T>): EventRecorder<T> {
  if (!isObject(bus) || typeof bus['observe'] !== 'function') {
    throw badArgument('recordEvents', 'a bus made by e.bus', bus);
  }
  let recording = new Recording();
  const stop = bus.observe(observerOf(() => recording));
  return recorder(
    bus,
    () => recording,
    () => (recording = new Recording()),
    stop,
  ) as unknown as EventRecorder<T>;
}

/** The loosely typed implementation of `EventRecorder`. */
function recorder(
  bus: RecordableBus<AnyCatalogTypes>,
  current: () => Recording,
  clear: () => void,
  stop: () => void,
): EventRecorder<AnyCatalogTypes> {
  /** Returns a test for a pattern. The bus refuses a pattern that matches no event, because it would never find any. */
  const selecting = (pattern: unknown = '*') => {
    void bus.stream(pattern as never).return?.();
    const { selects } = compilePatterns(pattern);
    return ({ event }: { readonly event: AnyEvent }) => selects(event.name);
  };
  const select = (predicate: (story: Story) => boolean, pattern?: unknown) =>
    current().stories.filter(predicate).filter(selecting(pattern));
  const kept = (pattern: unknown, like: unknown) =>
    select(({ isDispatched, discarded }) => isDispatched && discarded === undefined, pattern)
      .map(({ event }) => event)
      .filter((event) => like === undefined || isLike(event, like));
  const ended = (outcome: 'handled' | 'failed', pattern: unknown) =>
    current()
      .ended.filter((attempt) => attempt.outcome === outcome)
      .filter(selecting(pattern));

  const methods = {
    dispatched: (pattern?: unknown) =>
      select(({ isDispatched }) => isDispatched, pattern).map(({ event }) => event),
    discarded: (pattern?: unknown) =>
      select(({ discarded }) => discarded !== undefined, pattern).map(({ event, discarded }) => ({
        event,
        reason: discarded,
      })),
    handled: (pattern?: unknown) =>
      ended('handled', pattern).map(({ event, listener, attempt }) => ({ event, listener, attempt })),
    failed: (pattern?: unknown) =>
      ended('failed', pattern).map(({ event, listener, attempt, error, delay }) => ({
        event,
        listener,
        attempt,
        error,
        delay,
      })),
    unhandled: (pattern?: unknown) =>
      select(({ isUnhandled }) => isUnhandled, pattern).map(({ event }) => event),
    only(pattern: unknown, like?: unknown) {
      const [event, ...more] = kept(pattern, like);
      if (event !== undefined && more.length === 0) return event;
      const found = event === undefined ? 'there is none' : `there are ${more.length + 1}`;
      throw new Error(`Expected one event ${described(pattern, like)}, and ${found}.${seen(current())}`);
    },
    none(pattern: unknown = '*', like?: unknown) {
      const { length } = kept(pattern, like);
      if (length === 0) return;
      const found = length === 1 ? 'there is one' : `there are ${length}`;
      throw new Error(`Expected no event ${described(pattern, like)}, and ${found}.${seen(current())}`);
    },
    tree: () => treeOf(current()),
    outline: () => textOf(treeOf(current()), false),
    toString: () => textOf(treeOf(current()), true),
    clear,
    stop,
    [Symbol.dispose]: stop,
    [Symbol.asyncDispose]: async () => stop(),
  };
  return methods as unknown as EventRecorder<AnyCatalogTypes>;
}

/** Says in words which events were asked for. */
function described(pattern: unknown, like: unknown): string {
  const name = Array.isArray(pattern) ? pattern.map(quote).join(', ') : quote(pattern);
  return like === undefined ? name : `${name} like ${valueText(like)}`;
}

const MOST_LINES = 50;

function seen({ stories }: Recording): string {
  const lines = stories
    .filter(({ isDispatched }) => isDispatched)
    .map(({ event, discarded }) => `\n  ${lineOf(event, discarded)}`);
  if (lines.length === 0)
    return ' Nothing was dispatched yet. Await the call first, and record the bus whose middleware its procedure has.';
  const left = lines.length - MOST_LINES;
  return ` This was dispatched:${lines.slice(0, MOST_LINES).join('')}${left > 0 ? `\n  and ${left} more` : ''}`;
}
