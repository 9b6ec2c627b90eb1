/**
 * Signals: values that others follow by reading them. A computed value is made again, an effect runs again, and a component
 * is drawn again if a value that it last read has changed. `@preact/signals-core` has the same and more, at three times the
 * size.
 */

/** Whatever follows signals: a computed value, an effect, or a component. */
interface Follower {
  /** The signals that it has read, and what it read. */
  sources: Map<Followed<unknown>, unknown>;
  /** Tells the follower that one of its sources may have changed. */
  notify(): void;
}

/** The follower that is reading now. */
let reader: Follower | undefined;

abstract class Followed<T> {
  readonly followers = new Set<Follower>();

  /** Returns the value without following it. */
  abstract peek(): T;

  protected read(): T {
    const value = this.peek();
    if (reader !== undefined) {
      this.followers.add(reader);
      reader.sources.set(this, value);
    }
    return value;
  }

  protected notifyAll(): void {
    for (const follower of this.followers) follower.notify();
  }

  leave(follower: Follower): void {
    this.followers.delete(follower);
  }
}

/** Runs something that reads. Afterwards the follower follows what was read, and nothing else. */
export function follow<T>(follower: Follower, run: () => T): T {
  const before = follower.sources;
  const outer = reader;
  follower.sources = new Map();
  reader = follower;
  try {
    return run();
  } finally {
    reader = outer;
    for (const source of before.keys()) if (!follower.sources.has(source)) source.leave(follower);
  }
}

function followNothing(follower: Follower): void {
  follow(follower, () => {});
}

/** Returns true if a source has another value. It makes computed sources again if they have to be. */
function hasNews({ sources }: Follower): boolean {
  return [...sources].some(([source, value]) => source.peek() !== value);
}

export class Signal<T> extends Followed<T> {
  #value: T;

  constructor(value: T) {
    super();
    this.#value = value;
  }

  peek(): T {
    return this.#value;
  }

  get value(): T {
    return this.read();
  }

  set value(value: T) {
    if (value === this.#value) return;
    this.#value = value;
    batch(() => this.notifyAll());
  }
}

export class Computed<T> extends Followed<T> implements Follower {
  sources: Follower['sources'] = new Map();
  #value: T | undefined;
  #isStale = true;
  readonly #compute: () => T;

  constructor(compute: () => T) {
    super();
    this.#compute = compute;
  }

  get value(): T {
    return this.read();
  }

  peek(): T {
    if (this.#isStale && (this.sources.size === 0 || hasNews(this)))
      this.#value = follow(this, this.#compute);
    this.#isStale = false;
    return this.#value as T;
  }

  notify(): void {
    if (this.#isStale) return;
    this.#isStale = true;
    this.notifyAll();
  }

  /** Removes a follower. A value without followers stops following others, so that they don't keep it in memory. */
  override leave(follower: Follower): void {
    super.leave(follower);
    if (this.followers.size > 0) return;
    followNothing(this);
    this.#isStale = true;
  }
}

/** Reacts when a value that was read in its last `follow` has changed. */
export class Reaction implements Follower {
  sources: Follower['sources'] = new Map();
  readonly react: () => void;

  constructor(react: () => void) {
    this.react = react;
  }

  notify(): void {
    waiting.add(this);
  }

  stop(): void {
    waiting.delete(this);
    followNothing(this);
  }
}

/** The reactions that wait for the end of a batch. */
const waiting = new Set<Reaction>();
let isBatch = false;

/** Changes several values at once. Their followers react once, at the end. */
export function batch(change: () => void): void {
  if (isBatch) return change();
  isBatch = true;
  try {
    change();
    for (const reaction of waiting) {
      waiting.delete(reaction);
      if (hasNews(reaction)) reaction.react();
    }
  } finally {
    isBatch = false;
  }
}

export function signal<T>(value: T): Signal<T> {
  return new Signal(value);
}

/** Makes a value from others. It is computed when it is read, and only if one of the others has changed. */
export function computed<T>(compute: () => T): Computed<T> {
  return new Computed(compute);
}

/** Calls `run` now, and when a value that it read has changed. Returns what stops this. `run` may return its own cleanup. */
export function effect(run: () => void | (() => void)): () => void {
  let end: void | (() => void);
  const reaction = new Reaction(() => {
    end?.();
    end = follow(reaction, run);
  });
  batch(reaction.react);
  return () => {
    reaction.stop();
    end?.();
  };
}
