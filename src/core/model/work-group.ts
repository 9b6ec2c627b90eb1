import type { DeliveryFailure } from '../types/delivery.ts';
import type { DeferStrategy } from '../types/defer.ts';

/** The time for which listeners may be retried while the caller of a procedure waits for them, in ms. */
export const INLINE_BUDGET = 10_000;
/**
 * How long the events of a settled call wait for its response by default, and those of a stream for its next value, in ms.
 * A batch may hold the response open for minutes, and the next value may never come.
 */
export const MAX_WAIT = 5000;
const DONE = Promise.resolve();

/** An attempt that may hold a slot of its listener's `concurrency`. */
export interface SlotHolder {
  readonly hasSlot: boolean;
}

/**
 * A call, or a flush, and everything that it leads to. A call leaves its group when it settles. An attempt holds its group
 * for as long as its timers live, so a reference from a group to an event would leak the event.
 */
export class WorkGroup {
  /** The group of the call or attempt whose events are flushed: it waits for this one. */
  readonly #parent: WorkGroup | undefined;
  /** The attempt that holds a slot and may wait for this group, because it called `bus.deliver`. No cause leads to it. */
  readonly holder: SlotHolder | undefined;
  /** Aborts the attempts of the group, chains included: the `signal` of `bus.deliver`. */
  signal: AbortSignal | undefined = undefined;
  /** The failures in the group, chains included. Only `bus.deliver` collects them. */
  failures: DeliveryFailure[] | undefined = undefined;
  readonly #isOfCall: boolean;
  #deadline: number | undefined = undefined;
  /** The number of flushes and calls that are not done. */
  #open: number;
  /** True once `#open` has dropped to 0, until `renew`. An event that is dispatched later may have nothing waiting for it. */
  #wasDone = false;
  #done: Promise<void> | undefined = undefined;
  #resolve: (() => void) | undefined = undefined;
  /** The promise of `whenFinished`, set if something waits for the call. */
  #finished: Promise<void> | undefined = undefined;

  constructor(parent: WorkGroup | undefined, holder?: SlotHolder, isOfCall = false) {
    this.#parent = parent;
    this.holder = holder;
    this.#isOfCall = isOfCall;
    this.#open = isOfCall ? 1 : 0;
  }

  /** The outermost group: the call's, if the work began in a call. */
  get root(): WorkGroup {
    return this.#parent?.root ?? this;
  }

  /** The time until which somebody waits for the group, on the clock of `performance`. A back-off must end before it. */
  get deadline(): number {
    const isWaitedFor = !this.#wasDone && (!this.#isOfCall || this.#finished !== undefined);
    const own = isWaitedFor ? this.#deadline : undefined;
    return own ?? this.#parent?.deadline ?? Number.POSITIVE_INFINITY;
  }

  set deadline(deadline: number) {
    this.#deadline = deadline;
  }

  /** Resolves when all work of the group is done. Returns `undefined` if it is. */
  done(): Promise<void> | undefined {
    if (this.#open === 0) return undefined;
    return (this.#done ??= new Promise((resolve) => (this.#resolve = resolve)));
  }

  /**
   * Returns a promise that resolves when all work of the group is done. Marks a call as waited for: its deadline counts
   * from then on, and events dispatched after the wait are late.
   */
  whenFinished(): Promise<void> {
    if (!this.#isOfCall) return this.done() ?? DONE;
    return (this.#finished ??= this.done() ?? DONE);
  }

  /** True if all work was done once, and whoever kept the process alive for it may have stopped. */
  isOver(bus: { readonly defer: DeferStrategy }): boolean {
    if (this.#parent !== undefined) return this.#parent.isOver(bus);
    return this.#wasDone && (this.#finished !== undefined || bus.defer.freezes === true);
  }

  /** Adds one piece of work. The group, and its parent, are not done before the matching `leave`. */
  enter(): void {
    if (this.#open++ === 0) this.#parent?.enter();
  }

  leave(): void {
    if (--this.#open > 0) return;
    this.#wasDone = true;
    this.#parent?.leave();
    this.#resolve?.();
  }

  /** Starts over after everything was done, so that the next waits are for new work. */
  renew(): void {
    this.#wasDone = false;
    this.#done = undefined;
    this.#resolve = undefined;
    this.#finished = undefined;
  }
}
