import { isObject } from '../../core/words/guards.ts';
import { own } from './own.ts';

/** How many hidden values of one call are remembered, and how many parts of one of them are looked at. */
const MOST = 1000;
const MOST_PARTS = 10_000;
/** The length of the shortest value that is remembered. Shorter ones occur in too many texts by chance. */
const SHORTEST = 3;
/** The length up to which a value is remembered. A longer value is known by its beginning. */
const LONGEST = 256;
/** The most characters of a text that are searched. */
const LONGEST_TEXT = 1024 * 1024;

export const HIDDEN = '[redacted]';

/** The values that were hidden in the payloads of one call: they must not show in its errors, keys or other payloads. */
export class Secrets {
  /** The hidden values. The set is made when it is needed, because most calls have none. */
  #texts: Set<string> | undefined;
  #pattern: RegExp | undefined;
  /** True if there are more hidden values than are remembered. Then no text can be shown. */
  #isFull = false;
  #size = 0;
  /** The number of changes. Text that was written before the latest one may show a secret. */
  version = 0;

  /** Remembers all texts and numbers within a value. */
  add(value: unknown): void {
    const open: unknown[] = [value];
    const seen = new Set<unknown>();
    for (let i = 0; i < open.length; i++) {
      const part = open[i];
      if (this.#isFull) return;
      if (i >= MOST_PARTS) return this.fill();
      if (isObject(part)) {
        if (seen.has(part)) continue;
        seen.add(part);
        // Spreading would fail, because a list may have more parts than a function takes arguments.
        for (const inner of partsOf(part)) open.push(inner);
      } else if (typeof part === 'string' || typeof part === 'number' || typeof part === 'bigint') {
        this.addText(String(part));
      }
    }
  }

  addText(whole: string): void {
    if (whole.length < SHORTEST || this.#isFull) return;
    const text = whole.slice(0, LONGEST + 1);
    const texts = (this.#texts ??= new Set());
    if (texts.has(text)) return;
    if (texts.size >= MOST) return this.fill();
    texts.add(own(text));
    this.#size += text.length;
    this.version++;
    this.#pattern = undefined;
  }

  /** Returns a text without the hidden values. */
  scrub(text: string): string {
    if (this.#texts === undefined) return text;
    if (this.#isFull) return HIDDEN;
    this.#pattern ??= patternOf(this.#texts);
    if (text.length <= LONGEST_TEXT) return text.replaceAll(this.#pattern, HIDDEN);
    // The searched part may end with the beginning of a secret, so its end is left out.
    return `${text
      .slice(0, LONGEST_TEXT)
      .replaceAll(this.#pattern, HIDDEN)
      .slice(0, -10 * LONGEST)}…`;
  }

  /** Returns JSON without the hidden values, of which some were not known when it was written. */
  scrubJson(json: string): string {
    if (this.#texts === undefined) return json;
    // The value of the key `$` says what kind of value follows, so it is never hidden.
    return json.replaceAll(/\{"\$":"\w+"|"(?:[^"\\]|\\.)*"|-?\d[^,\]}]*/g, (token) => {
      if (token.startsWith('{')) return token;
      const isText = token.startsWith('"');
      const value = isText ? (JSON.parse(token) as string) : token;
      const clean = this.scrub(value);
      if (clean === value) return token;
      return isText ? JSON.stringify(clean) : '{"$":"redacted"}';
    });
  }

  /** Returns how many characters were added since this was asked last. */
  takeSize(): number {
    const size = this.#size;
    this.#size = 0;
    return size;
  }

  /** Records that not all secrets are known, so that no text is shown. */
  fill(): void {
    this.#texts ??= new Set();
    if (!this.#isFull) this.version++;
    this.#isFull = true;
  }
}

/** Finds all secrets in one pass. The longest come first, because one may be a part of another. */
function patternOf(texts: ReadonlySet<string>): RegExp {
  const longestFirst = [...texts].sort((a, b) => b.length - a.length);
  const parts = longestFirst.flatMap((text) => {
    // The end of a long secret isn't known, so all that follows its beginning is hidden.
    const [known, rest] = text.length > LONGEST ? [text.slice(0, LONGEST), '[^]*'] : [text, ''];
    return [...new Set(spellingsOf(known))].map(
      (spelling) => spelling.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&') + rest,
    );
  });
  return new RegExp(parts.join('|'), 'g');
}

/** Returns a text as it is, as in JSON, and as in URLs, because error messages quote all of these. */
function spellingsOf(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1);
  try {
    return [text, json, encodeURIComponent(text)];
  } catch {
    // Half of a surrogate pair can't be in a URL.
    return [text, json];
  }
}

function partsOf(value: object): unknown[] {
  try {
    if (value instanceof Date) return [value.toISOString()];
    if (value instanceof URL) return [value.href];
    if (value instanceof Map) return [...value].flat();
    if (value instanceof Set) return [...value];
    if (ArrayBuffer.isView(value)) return [];
    return Object.values(value);
  } catch {
    return [];
  }
}
