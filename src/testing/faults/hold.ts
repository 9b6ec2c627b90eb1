import type { DeferStrategy, StartFlush } from '../../core/types/defer.ts';

/** Keeps flushes until `release` is called. */
export class Hold {
  #held: StartFlush[] = [];

  readonly strategy: DeferStrategy = {
    name: 'hold',
    start: (flush) => void this.#held.push(flush),
  };

  /** Starts the kept flushes and waits for them, including those that a drain has begun meanwhile. */
  async release(): Promise<void> {
    const held = this.#held;
    this.#held = [];
    await Promise.all(held.map((flush) => flush()));
  }

  /** Makes the bus ignore strategies that a middleware or `withEvents` names. */
  takeOver(bus: { middleware?: (options?: object) => unknown; '~open': (call: object) => unknown }): void {
    const { middleware } = bus;
    const open = bus['~open'];
    // The first call only checks the options; the second gets none, so it keeps the bus's strategy.
    bus.middleware &&= (options) => {
      middleware!(options);
      return middleware!();
    };
    bus['~open'] = (call) => open(Object.create(call, { defer: { value: undefined } }) as object);
  }
}
