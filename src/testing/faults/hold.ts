import type { DeferStrategy, StartFlush } from '../../core/types/defer.ts';

/** Keeps flushes until it is told. */
export class Hold {
  #held: StartFlush[] = [];

  readonly strategy: DeferStrategy = {
    name: 'hold',
    start: (flush) => void this.#held.push(flush),
  };

  /** Those that a drain has begun meanwhile are awaited too. */
  async release(): Promise<void> {
    const held = this.#held;
    this.#held = [];
    await Promise.all(held.map((flush) => flush()));
  }

  /** A middleware, and what `withEvents` wraps, may name strategies of their own: they don't count. */
  takeOver(bus: { middleware?: (options?: object) => unknown; '~run': (call: object) => unknown }): void {
    const { middleware } = bus;
    const run = bus['~run'];
    // Called with what it was given, for its checks; the other keeps to the strategy of the bus.
    bus.middleware &&= (options) => {
      middleware!(options);
      return middleware!();
    };
    bus['~run'] = (call) => run(Object.create(call, { defer: { value: undefined } }) as object);
  }
}
