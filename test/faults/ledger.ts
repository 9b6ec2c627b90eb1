/** The ways in which an event may have gone wrong. */
export const VERDICTS = ['lost', 'ghost', 'duplicate', 'reordered', 'stuck'] as const;
export type VerdictKind = (typeof VERDICTS)[number];

/** A finding: what went wrong, with which event, at which listener. */
export interface Verdict {
  readonly kind: VerdictKind;
  readonly token: string;
  readonly listener: string;
}

interface Accepted {
  readonly token: string;
  /** Names the flush that the event belongs to. Its events must be handled in the order in which they were accepted. */
  readonly flush: string;
  readonly listeners: readonly string[];
}

/**
 * The oracle: compares what successful calls dispatched with what was handled. Each event has a token of its own in its
 * payload.
 */
export class Ledger {
  readonly #accepted = new Map<string, Accepted>();
  readonly #handled: { readonly token: string; readonly listener: string }[] = [];
  readonly #givenUp: { readonly token: string; readonly listener: string }[] = [];

  /** Notes that a successful call or attempt of a listener dispatched an event, which these listeners must handle. */
  accept(token: string, flush: string, listeners: readonly string[]): void {
    if (this.#accepted.has(token)) throw new Error(`Two events have the token ${token}`);
    this.#accepted.set(token, { token, flush, listeners });
  }

  /** Notes that a listener handled an event, to its end. */
  handle(token: string, listener: string): void {
    this.#handled.push({ token, listener });
  }

  /** Notes that the bus reported that a listener will not handle an event. */
  giveUp(token: string, listener: string): void {
    this.#givenUp.push({ token, listener });
  }

  get counts(): { readonly accepted: number; readonly handled: number; readonly givenUp: number } {
    return { accepted: this.#accepted.size, handled: this.#handled.length, givenUp: this.#givenUp.length };
  }

  /** Returns everything that is wrong. `isOver` is true if the bus has said that it is done. */
  verdicts(isOver: boolean): Verdict[] {
    const times = new Map<string, number>();
    for (const { token, listener } of [...this.#handled, ...this.#givenUp]) {
      const key = `${token} ${listener}`;
      times.set(key, (times.get(key) ?? 0) + 1);
    }
    const missing = [...this.#missing(times, isOver)];
    // The bus has done everything, but doesn't know it.
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

  /** Finds ghosts and duplicates. A dead letter of an event that was handled is as bad as handling it twice. */
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

  /** Finds events of one flush that a listener did not handle in their order. */
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
