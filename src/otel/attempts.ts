import { createContextKey, trace, type Context, type Span } from '@opentelemetry/api';
import type { AnyEvent } from '../core/types/event.ts';
import { activeContext } from './suppression.ts';

/** The key of a context for the span of the handler's attempt that runs in it. */
const ATTEMPT = createContextKey('trpc-events attempt');

/** The contexts of the attempts in which handlers got events: a handler may send them later, with those of other attempts. */
export class HandlerAttempts {
  /** The open spans, by the event and the name of the handler. */
  readonly #contexts = new WeakMap<AnyEvent, Map<string, Context>>();

  /** Returns the context in which the handler is to run. */
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
   * A timer, or the end of another call, may have begun this call; then the context is that attempt's. Events of several
   * attempts have no parent in common, so their call has none.
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
