import type { BusState } from '../bus/bus-state.ts';
import type { PolicedAttempt } from '../delivery/policed-attempt.ts';
import type { Scope } from '../scope/scope.ts';

/** What waits for flushes: a call, whose `finished` resolves then, or the chain that a listener is part of. */
export interface Keeper {
  /** The call, or the chain, that all of it goes back to. */
  readonly root: object;
  /** Until when somebody waits for it, in ms since 1970: no back-off may end after that. */
  readonly deadline: number;
  hold(): void;
  release(): void;
  /** Nobody waits for it any more, and the process may be frozen. */
  isOver(bus: BusState): boolean;
}

/** What waits for whatever a scope dispatched, late or not. */
export function keeperOf({ call, attempt }: Scope): Keeper {
  return call ?? attempt!.chain;
}

/** All that one flush leads to: itself, and what its listeners dispatch. Attempts keep it, so it holds no event. */
export class Chain implements Keeper {
  readonly #keeper: Keeper | undefined;
  /** What holds a slot and may wait for it, where `bus.deliver` began it in a listener: no cause leads there. */
  readonly holder: PolicedAttempt | undefined;
  #deadline: number | undefined = undefined;
  /** Flushes that are not done. */
  #open = 0;
  #wasDone = false;
  #done: Promise<void> | undefined = undefined;
  #resolve: (() => void) | undefined = undefined;

  constructor(keeper: Keeper | undefined, holder?: PolicedAttempt) {
    this.#keeper = keeper;
    this.holder = holder;
  }

  get root(): object {
    return this.#keeper?.root ?? this;
  }

  /** Its own, while it lasts; else that of what waits for it, if anything does. */
  get deadline(): number {
    const own = this.#wasDone ? undefined : this.#deadline;
    return own ?? this.#keeper?.deadline ?? Number.POSITIVE_INFINITY;
  }

  set deadline(deadline: number) {
    this.#deadline = deadline;
  }

  /** Resolves when all of it is done; `undefined` if it is. */
  done(): Promise<void> | undefined {
    if (this.#open === 0) return undefined;
    return (this.#done ??= new Promise((resolve) => (this.#resolve = resolve)));
  }

  isOver(bus: BusState): boolean {
    return this.#keeper?.isOver(bus) ?? (this.#wasDone && bus.defer.freezes === true);
  }

  hold(): void {
    if (this.#open++ === 0) this.#keeper?.hold();
  }

  release(): void {
    if (--this.#open > 0) return;
    this.#wasDone = true;
    this.#keeper?.release();
    this.#resolve?.();
  }
}
