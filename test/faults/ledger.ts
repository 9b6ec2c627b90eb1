/** What may have gone wrong with an event. */
export const VERDICTS = ['lost', 'ghost', 'duplicate', 'reordered', 'stuck'] as const;
export type VerdictKind = (typeof VERDICTS)[number];

/** What went wrong, with which event, at which listener. */
export interface Verdict {
  readonly kind: VerdictKind;
  readonly token: string;
  readonly listener: string;
}

interface Accepted {
  readonly token: string;
  /** What it was flushed with, in this order. */
  readonly flush: string;
  readonly listeners: readonly string[];
}

/**
 * The oracle: what was dispatched by calls that succeeded, against what was handled. Each event has a token of its own,
 * in its payload.
 */
export class Ledger {
  readonly #accepted = new Map<string, Accepted>();
  readonly #handled: { readonly token: string; readonly listener: string }[] = [];
  readonly #givenUp: { readonly token: string; readonly listener: string }[] = [];

  /** A call, or an attempt of a listener, that succeeded has dispatched it: these listeners are to handle it. */
  accept(token: string, flush: string, listeners: readonly string[]): void {
    if (this.#accepted.has(token)) throw new Error(`Two events have the token ${token}`);
    this.#accepted.set(token, { token, flush, listeners });
  }

  /** A listener has handled it, to its end. */
  handle(token: string, listener: string): void {
    this.#handled.push({ token, listener });
  }

  /** It was reported that a listener will not handle it. */
  giveUp(token: string, listener: string): void {
    this.#givenUp.push({ token, listener });
  }

  get counts(): { readonly accepted: number; readonly handled: number; readonly givenUp: number } {
    return { accepted: this.#accepted.size, handled: this.#handled.length, givenUp: this.#givenUp.length };
  }

  /** What is wrong; `isOver` says whether the bus has said that it is done. */
  verdicts(isOver: boolean): Verdict[] {
    const times = new Map<string, number>();
    for (const { token, listener } of [...this.#handled, ...this.#givenUp]) {
      const key = `${token} ${listener}`;
      times.set(key, (times.get(key) ?? 0) + 1);
    }
    const missing = [...this.#missing(times, isOver)];
    // It has done all, and doesn't know it.
    if (!isOver && missing.length === 0)
      missing.push({ kind: 'stuck', token: 'no event', listener: 'the end' });
    return [...missing, ...this.#excess(times), ...this.#reordered()];
  }

  *#missing(times: ReadonlyMap<string, number>, isOver: boolean): Generator<Verdict> {
    for (const { token, listeners } of this.#accepted.values()) {
      for (const listener of listeners) {
        const key = `${token} ${listener}`;
        if (!times.has(key)) yield { kind: isOver ? 'lost' : 'stuck', token, listener };
      }
    }
  }

  /** What was handled, or given up, is so once: a dead letter of what was handled is as bad as handling it twice. */
  *#excess(times: ReadonlyMap<string, number>): Generator<Verdict> {
    const seen = new Set<string>();
    for (const { token, listener } of [...this.#handled, ...this.#givenUp]) {
      const key = `${token} ${listener}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (!this.#accepted.get(token)?.listeners.includes(listener)) yield { kind: 'ghost', token, listener };
      if (times.get(key)! > 1) yield { kind: 'duplicate', token, listener };
    }
  }

  /** Of one flush, one listener must have handled the events in their order. */
  *#reordered(): Generator<Verdict> {
    const places = new Map([...this.#accepted.keys()].map((token, place) => [token, place]));
    const last = new Map<string, number>();
    for (const { token, listener } of this.#handled) {
      const accepted = this.#accepted.get(token);
      if (accepted === undefined) continue;
      const key = `${accepted.flush} ${listener}`;
      const place = places.get(token)!;
      if (place < (last.get(key) ?? -1)) yield { kind: 'reordered', token, listener };
      else last.set(key, place);
    }
  }
}
