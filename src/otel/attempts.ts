import { createContextKey, trace, type Context, type Span } from '@opentelemetry/api';
import type { AnyEvent } from '../core/types/event.ts';
import { activeContext } from './suppression.ts';

/** The context key of the span of a handler's attempt, set in the context that the attempt runs in. */
const ATTEMPT = createContextKey('trpc-events attempt');

/** Remembers in which attempt a handler got each event. The handler may send it later, with events of other attempts. */
export class HandlerAttempts {
  /** The contexts of the attempts, by the event and the name of the handler. */
  readonly #contexts = new WeakMap<AnyEvent, Map<string, Context>>();

  /** Remembers an attempt. Returns the context that the handler must run in. */
  begin(handler: string, events: readonly AnyEvent[], span: Span, base: Context): Context {
    const own = base.setValue(ATTEMPT, span);
    for (const event of events) {
      const contexts = this.#contexts.get(event) ?? new Map<string, Context>();
      this.#contexts.set(event, contexts.set(handler, own));
    }
    return own;
  }

  /**
   * Returns the context of a call to a broker. The active one is right if it belongs to the attempt that got the events.
   * If a timer or the end of another call began this call, the attempt's own context is right. Events of several attempts
   * have no common parent, so their call has none.
   */
  contextOf(handler: string, events: readonly AnyEvent[]): Context {
    const active = activeContext();
    const attempts = new Set(events.map((event) => this.#contexts.get(event)?.get(handler)));
    const [attempt] = attempts;
    if (attempts.size > 1) return trace.deleteSpan(active);
    // A handler may have made events of its own, which no attempt got.
    if (attempt === undefined || active.getValue(ATTEMPT) === attempt.getValue(ATTEMPT)) return active;
    return attempt;
  }
}
