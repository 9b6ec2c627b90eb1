import { isObject } from '../../core/words/guards.ts';
import { causeOf } from '../../core/words/quote.ts';
import type { PayloadText } from '../../story/entry.ts';
import { BY_NAMES, type Hiding } from './hiding.ts';
import { shorten } from './own.ts';
import { Secrets } from './secrets.ts';

const DEEPEST = 100;
/** The depth to which hidden values are looked for. Below it, nobody knows what must be hidden. */
const DEEPEST_SEEN = 500;
const LONGEST_BIGINT = 10n ** 4096n;

/**
 * Writes a value as text, of about `most` characters at most, and remembers what is hidden in all of it. Never throws,
 * whatever the value does when it is read.
 */
export function writeValue(
  value: unknown,
  most: number,
  hiding: Hiding | 'all' = BY_NAMES,
  secrets: Secrets = new Secrets(),
): PayloadText {
  // Text that was written before a secret was found may show it, so all is written again. A third time would find none.
  for (let i = 0; i < 3; i++) {
    const writer = new Writer(most, secrets);
    writer.value(value, hiding);
    if (!writer.isVoid) return { text: writer.text, isCut: writer.isCut };
  }
  // Only a getter that returns something else each time leads here.
  return { text: '{"$":"redacted"}', isCut: true };
}

class Writer {
  text = '';
  isCut = false;
  /** True once a secret was found. All is then written again, and the rest is only searched for more secrets. */
  isVoid = false;
  /** True while values that no longer have room are searched for what must be hidden elsewhere. */
  #isSilent = false;
  readonly #most: number;
  readonly #secrets: Secrets;
  /** The objects around the current value. If one of them is inside itself, that is a circle. */
  readonly #around: object[] = [];

  constructor(most: number, secrets: Secrets) {
    this.#most = most;
    this.#secrets = secrets;
  }

  value(value: unknown, hiding: Hiding | 'all'): void {
    if (hiding === 'all') {
      const { version } = this.#secrets;
      this.#secrets.add(value);
      this.isVoid ||= this.#secrets.version !== version;
      return this.#special('redacted');
    }
    switch (typeof value) {
      case 'string':
        return this.#string(value);
      case 'number':
        return this.#number(value);
      case 'boolean':
        return this.#put(String(value));
      case 'bigint': {
        const isLong = value > LONGEST_BIGINT || value < -LONGEST_BIGINT;
        return this.#special('bigint', isLong ? 'of more than 4,096 digits' : String(value));
      }
      case 'undefined':
        return this.#special('undefined');
      case 'symbol':
      case 'function':
        return this.#special(typeof value, typeof value === 'symbol' ? String(value) : '');
      default:
        if (value === null || value === undefined) this.#put('null');
        else this.#object(value, hiding);
    }
  }

  /** Hides all text of the call, because nobody knows what must be hidden at this depth. */
  #giveUp(): void {
    const { version } = this.#secrets;
    this.#secrets.fill();
    this.isVoid ||= this.#secrets.version !== version;
  }

  get #isMute(): boolean {
    return this.#isSilent || this.isVoid;
  }

  #put(text: string): void {
    if (!this.#isMute) this.text += text;
  }

  #number(value: number): void {
    if (this.#isMute) return;
    const text = Object.is(value, -0) ? '-0' : String(value);
    if (this.#secrets.scrub(text) !== text) this.#special('redacted');
    else if (Number.isFinite(value) && text !== '-0') this.#put(text);
    else this.#special('number', text);
  }

  #string(value: string): void {
    if (this.#isMute) return;
    const clean = this.#secrets.scrub(value);
    const left = Math.max(0, this.#most - this.text.length);
    if (clean.length <= left) {
      this.text += JSON.stringify(clean);
      return;
    }
    this.isCut = true;
    this.text += `{"$":"cut","value":${JSON.stringify(clean.slice(0, left))},"of":${value.length}}`;
  }

  /** Writes what JSON has no word for. Texts of errors, symbols and addresses may quote what is hidden. */
  #special(what: string, value?: string): void {
    if (this.#isMute) return;
    this.text += `{"$":"${what}"`;
    if (value !== undefined)
      this.text += `,"value":${JSON.stringify(shorten(this.#secrets.scrub(value), this.#most))}`;
    this.text += '}';
  }

  #object(value: object, hiding: Hiding): void {
    if (this.#around.includes(value)) return this.#special('circle');
    if (this.#around.length >= DEEPEST_SEEN) return this.#giveUp();
    if (this.#around.length === DEEPEST) {
      this.isCut = true;
      this.#special('cut');
    }
    const start = this.text.length;
    const wasSilent = this.#isSilent;
    const depth = this.#around.push(value);
    this.#isSilent ||= depth > DEEPEST;
    try {
      this.#parts(value, hiding);
    } catch (thrown) {
      // A part of the object may already be written, which would not be valid JSON.
      this.text = this.text.slice(0, start);
      this.#isSilent = wasSilent || depth > DEEPEST;
      this.#around.length = depth;
      this.#special('threw', causeOf(thrown));
    }
    this.#around.pop();
    this.#isSilent = wasSilent;
  }

  #parts(value: object, hiding: Hiding): void {
    if (Array.isArray(value)) return this.#list(value, (item, i) => this.value(item, below(hiding, i)));
    if (value instanceof Date) {
      return this.#special('date', Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString());
    }
    if (value instanceof Map) {
      this.#put('{"$":"map","value":');
      this.#list(value, ([key, item]: readonly [unknown, unknown]) => this.#pair(key, () => item, hiding));
      return this.#put('}');
    }
    if (value instanceof Set) {
      this.#put('{"$":"set","value":');
      this.#list(value, (item, i) => this.value(item, below(hiding, i)));
      return this.#put('}');
    }
    if (value instanceof RegExp || value instanceof URL) {
      return this.#special(value instanceof URL ? 'url' : 'regexp', String(value));
    }
    if (value instanceof Error) return this.#special('error', causeOf(value));
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      return this.#special('bytes', String(value.byteLength));
    }
    this.#record(value as Record<string, unknown>, hiding);
  }

  #record(value: Record<string, unknown>, hiding: Hiding): void {
    const keys = Object.keys(value);
    const read = (key: string) => () => value[key];
    // An object with a key `$` would look like one of the special values.
    if (keys.includes('$')) {
      this.#put('{"$":"object","value":');
      this.#list(keys, (key) => this.#pair(key, read(key), hiding));
      return this.#put('}');
    }
    this.#put('{');
    this.#each(keys, (key) => {
      if (!this.#isMute) this.text += `${JSON.stringify(this.#secrets.scrub(key).slice(0, 1000))}:`;
      this.#read(read(key), hiding.under(key, true));
    });
    this.#put('}');
  }

  #pair(key: unknown, read: () => unknown, hiding: Hiding): void {
    this.#put('[');
    this.value(key, hiding.under('0', false) === 'all' ? 'all' : BY_NAMES);
    this.#put(',');
    const name = isObject(key) || typeof key === 'symbol' ? '*' : String(key);
    const listed = hiding.under('*', false);
    // A schema describes a Map as a list of pairs.
    const paired = listed === 'all' ? 'all' : listed.under('1', false);
    this.#read(read, paired === 'all' ? 'all' : hiding.under(name, true));
    this.#put(']');
  }

  /** If a getter throws, only its own value is lost. */
  #read(read: () => unknown, hiding: Hiding | 'all'): void {
    let value: unknown;
    try {
      value = read();
    } catch (thrown) {
      return this.#special('threw', causeOf(thrown));
    }
    this.value(value, hiding);
  }

  #list<T>(items: Iterable<T>, write: (item: T, i: number) => void): void {
    this.#put('[');
    this.#each(items, write);
    this.#put(']');
  }

  #each<T>(items: Iterable<T>, write: (item: T, i: number) => void): void {
    const wasSilent = this.#isSilent;
    let i = 0;
    for (const item of items) {
      this.#isSilent ||= this.#isOver();
      if (i > 0) this.#put(',');
      write(item, i++);
    }
    this.#isSilent = wasSilent;
  }

  #isOver(): boolean {
    if (this.text.length < this.#most) return false;
    return (this.isCut = true);
  }
}

function below(hiding: Hiding, i: number): Hiding | 'all' {
  return hiding.under(String(i), false);
}
