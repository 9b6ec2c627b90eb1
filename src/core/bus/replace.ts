import type { BusState } from '../model/bus-state.ts';
import type { Settings } from '../model/settings.ts';
import { reportHook } from '../report/report.ts';
import type { EventHandler } from '../types/handler.ts';
import { memberOf } from '../words/guards.ts';
import type { EventObserver } from '../types/observer.ts';
import type { Attachments } from './attachments.ts';

/** The parts that one `e.bus(…)` has made, from its builder and its options. */
export interface BusParts {
  readonly settings: Settings;
  /** The handlers that aren't routers. The bus closes them. */
  readonly handlers: readonly EventHandler[];
  /** The observers of the options. Those that `bus.observe` has added are not among them. */
  readonly observers: readonly EventObserver[];
}

/** A bus whose parts another one takes over. */
export interface NewerBus {
  readonly '~parts': BusParts;
  /** Detaches its observers, because the other bus attaches them. */
  '~letGo'(): void;
}

/** The part of a handler that `bus.close` needs. */
export type ClosableHandler = Pick<EventHandler, 'name' | 'close'>;

/** Lets a bus take over the parts of a newer one. Everything that is under way, and every stream, goes on. */
export class Replaceable {
  readonly #state: BusState;
  #parts: BusParts;
  readonly #attachments: Attachments;
  /** Handlers that the bus no longer has, with the promise of their `close`. */
  readonly #leaving = new Map<EventHandler, Promise<void>>();

  constructor(state: BusState, parts: BusParts, attachments: Attachments) {
    this.#state = state;
    this.#parts = parts;
    this.#attachments = attachments;
  }

  /** `bus['~replaceBy']`. Returns false, and changes nothing, if this bus is closed. */
  replaceBy({ '~parts': newer, '~letGo': letGo }: NewerBus): boolean {
    const state = this.#state;
    if (state.closing) return false;
    letGo();
    const former = this.#parts;
    this.#parts = newer;
    state.replaceSettings(newer.settings);
    this.#attachments.setOptions(newer.observers);
    for (const handler of former.handlers) {
      if (!newer.handlers.includes(handler)) this.#leaving.set(handler, this.#closeWhenIdle(handler));
    }
    return true;
  }

  /** Returns the handlers that `bus.close` closes, and those that are being closed. */
  handlers(): readonly ClosableHandler[] {
    const leaving = Array.from(this.#leaving, ([{ name }, closed]) => ({ name, close: () => closed }));
    return [...this.#parts.handlers, ...leaving];
  }

  /** Closes a handler once all flushes that may have given it events are done. */
  async #closeWhenIdle(handler: EventHandler): Promise<void> {
    await whenIdle(this.#state);
    try {
      // A later version of the bus may have the handler again.
      if (!this.#parts.handlers.includes(handler)) await memberOf(handler, 'close')?.call(handler);
    } catch (thrown) {
      reportHook(this.#state, `The handler ${handler.name}, in close,`, thrown);
    }
    this.#leaving.delete(handler);
  }
}

function whenIdle(state: BusState): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (!state.isIdle) return;
      state.idleWaiters.delete(check);
      resolve();
    };
    state.idleWaiters.add(check);
    check();
  });
}
