import { isObject } from '../../core/words/guards.ts';

/** How many hidden values of one call are remembered, and how many parts of one of them are looked at. */
const MOST = 200;
const MOST_PARTS = 1000;
/** A shorter value occurs in too many texts by chance. */
const SHORTEST = 3;

export const HIDDEN = '[redacted]';

/** The values that were hidden in the payloads of one call: they must not show in its errors, keys or other payloads. */
export class Secrets {
  /** Made when it is needed: most calls have no secrets. */
  #texts: Set<string> | undefined;

  /** Remembers all texts and numbers within a value. */
  add(value: unknown): void {
    const texts = (this.#texts ??= new Set());
    const open: unknown[] = [value];
    const seen = new Set<unknown>();
    for (let i = 0; i < open.length && i < MOST_PARTS && texts.size < MOST; i++) {
      const part = open[i];
      if (isObject(part) && !seen.has(part)) {
        seen.add(part);
        open.push(...partsOf(part));
      } else if (typeof part === 'string' || typeof part === 'number' || typeof part === 'bigint') {
        const text = String(part);
        if (text.length >= SHORTEST) texts.add(text);
      }
    }
  }

  /** Returns a text without the hidden values. */
  scrub(text: string): string {
    if (this.#texts === undefined) return text;
    let clean = text;
    for (const secret of this.#longestFirst()) clean = clean.replaceAll(secret, HIDDEN);
    return clean;
  }

  /** Returns JSON without the hidden values, as they are written in texts of JSON. */
  scrubJson(json: string): string {
    if (this.#texts === undefined) return json;
    let clean = json;
    for (const secret of this.#longestFirst()) {
      const written = JSON.stringify(secret).slice(1, -1);
      // A number that stands by itself must leave valid JSON behind.
      clean = clean.replaceAll(/"(?:[^"\\]|\\.)*"|[^",:[\]{}\s]+/g, (token) => {
        if (token.startsWith('"')) return token.replaceAll(written, HIDDEN);
        return token.includes(written) ? '{"$":"redacted"}' : token;
      });
    }
    return clean;
  }

  /** One secret may be a part of another. */
  #longestFirst(): readonly string[] {
    return [...(this.#texts ?? [])].sort((a, b) => b.length - a.length);
  }
}

function partsOf(value: object): unknown[] {
  try {
    if (value instanceof Date) return [value.toISOString()];
    if (value instanceof URL) return [value.href];
    if (value instanceof Map) return [...value].flat().slice(0, MOST_PARTS);
    if (value instanceof Set) return [...value].slice(0, MOST_PARTS);
    if (ArrayBuffer.isView(value)) return [];
    return Object.values(value).slice(0, MOST_PARTS);
  } catch {
    return [];
  }
}
