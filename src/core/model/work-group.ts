import type { DeferStrategy } from '../types/defer.ts';

const DONE = Promise.resolve();

/** An attempt that may hold a slot of its listener's `concurrency`. */
export interface SlotHolder {
  readonly hasSlot: boolean;
}
type FreezingBus = { readonly defer: DeferStrategy };

/** All that one flush leads to: itself, and what its listeners dispatch. Attempts keep it, so it holds no event. */
export class WorkGroup {
  /** That of the call, or of the attempt, whose events are flushed: it waits for this one. */
  readonly #parent: WorkGroup | undefined;
  /** What holds a slot and may wait for it, where `bus.deliver` began it in a listener: no cause leads there. */
  readonly holder: SlotHolder | undefined;
  #deadline: number | undefined = undefined;
  /** What it waits for: flushes that are not done. */
  #open = 0;
  /** There was nothing to wait for once. What comes late finds it so. */
  protected wasDone = false;
  #done: Promise<void> | undefined = undefined;
  #resolve: (() => void) | undefined = undefined;

  constructor(parent: WorkGroup | undefined, holder?: SlotHolder) {
    this.#parent = parent;
    this.holder = holder;
  }

  /** The chain that all of it goes back to: that of the call, where it began in one. */
  get root(): WorkGroup {
    return this.#parent?.root ?? this;
  }

  /** Until when somebody waits for it, in ms since 1970: no back-off may end after that. */
  get deadline(): number {
    const own = this.isWaitedFor ? this.#deadline : undefined;
    return own ?? this.#parent?.deadline ?? Number.POSITIVE_INFINITY;
  }

  set deadline(deadline: number) {
    this.#deadline = deadline;
  }

  protected get isWaitedFor(): boolean {
    return !this.wasDone;
  }

  /** Resolves when all of it is done; `undefined` if it is. */
  done(): Promise<void> | undefined {
    if (this.#open === 0) return undefined;
    return (this.#done ??= new Promise((resolve) => (this.#resolve = resolve)));
  }

  /** The same, where a promise is needed. */
  get finished(): Promise<void> {
    return this.done() ?? DONE;
  }

  /** Nobody waits for it any more, and the process may be frozen. */
  isOver(bus: FreezingBus): boolean {
    return this.#parent?.isOver(bus) ?? (this.wasDone && bus.defer.freezes === true);
  }

  /** Keeps it from being done until the same number of `release`s. */
  hold(): void {
    if (this.#open++ === 0) this.#parent?.hold();
  }

  release(): void {
    if (--this.#open > 0) return;
    this.wasDone = true;
    this.#parent?.release();
    this.#resolve?.();
  }

  /** It goes on after all: who waits from now on, waits for what is still to come. */
  renew(): void {
    this.wasDone = false;
    this.#done = undefined;
    this.#resolve = undefined;
  }
}

/** All that a call leads to: the call itself, which holds it until it has settled, and its flushes. */
export class CallWorkGroup extends WorkGroup {
  #finished: Promise<void> | undefined = undefined;

  constructor() {
    super(undefined);
    this.hold();
  }

  /** Who waits for a call asks for this; nobody else does. */
  override get finished(): Promise<void> {
    return (this.#finished ??= super.finished);
  }

  override isOver(bus: FreezingBus): boolean {
    return this.wasDone && (this.#finished !== undefined || bus.defer.freezes === true);
  }

  override renew(): void {
    super.renew();
    this.#finished = undefined;
  }

  protected override get isWaitedFor(): boolean {
    return super.isWaitedFor && this.#finished !== undefined;
  }
}
