import { isObject } from '../../core/words/guards.ts';
import { causeOf } from '../../core/words/quote.ts';
import type { PayloadText } from '../../story/entry.ts';
import { BY_NAMES, type Hiding } from './hiding.ts';
import { Secrets } from './secrets.ts';

const DEEPEST = 100;
const LONGEST_BIGINT = 10n ** 4096n;

/** Writes a value as text, of about `most` characters at most. Never throws, whatever the value does when it is read. */
export function writeValue(
  value: unknown,
  most: number,
  hiding: Hiding | 'all' = BY_NAMES,
  secrets: Secrets = new Secrets(),
): PayloadText {
  const writer = new Writer(most, secrets);
  writer.value(value, hiding);
  return { text: secrets.scrubJson(writer.text), isCut: writer.isCut };
}

class Writer {
  text = '';
  isCut = false;
  readonly #most: number;
  readonly #secrets: Secrets;
  /** The objects around what is being written: one of them within itself is a circle. */
  readonly #around: object[] = [];

  constructor(most: number, secrets: Secrets) {
    this.#most = most;
    this.#secrets = secrets;
  }

  value(value: unknown, hiding: Hiding | 'all'): void {
    if (hiding === 'all') {
      this.#secrets.add(value);
      return this.#special('redacted');
    }
    switch (typeof value) {
      case 'string':
        return this.#string(value);
      case 'number':
        if (Number.isFinite(value) && !Object.is(value, -0)) this.text += String(value);
        else this.#special('number', Object.is(value, -0) ? '-0' : String(value));
        return;
      case 'boolean':
        this.text += String(value);
        return;
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
        if (value === null || value === undefined) this.text += 'null';
        else this.#object(value, hiding);
    }
  }

  #string(value: string): void {
    const left = this.#most - this.text.length;
    if (value.length <= left) {
      this.text += JSON.stringify(value);
      return;
    }
    this.isCut = true;
    this.text += `{"$":"cut","value":${JSON.stringify(value.slice(0, Math.max(0, left)))},"of":${value.length}}`;
  }

  #special(what: string, value?: string): void {
    this.text += value === undefined ? `{"$":"${what}"}` : `{"$":"${what}","value":${JSON.stringify(value)}}`;
  }

  #object(value: object, hiding: Hiding): void {
    if (this.#around.includes(value)) return this.#special('circle');
    if (this.#around.length >= DEEPEST) {
      this.isCut = true;
      return this.#special('cut');
    }
    const start = this.text.length;
    this.#around.push(value);
    try {
      this.#parts(value, hiding);
    } catch (thrown) {
      // A part of it may be written already, and would be no JSON.
      this.text = this.text.slice(0, start);
      this.#special('threw', this.#secrets.scrub(causeOf(thrown)));
    }
    this.#around.pop();
  }

  #parts(value: object, hiding: Hiding): void {
    if (Array.isArray(value)) return this.#list(value, (item, i) => this.value(item, below(hiding, i)));
    if (value instanceof Date) {
      return this.#special('date', Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString());
    }
    if (value instanceof Map) {
      this.text += '{"$":"map","value":';
      this.#list(value, ([key, item]: readonly [unknown, unknown]) => this.#pair(key, () => item, hiding));
      this.text += '}';
      return;
    }
    if (value instanceof Set) {
      this.text += '{"$":"set","value":';
      this.#list(value, (item, i) => this.value(item, below(hiding, i)));
      this.text += '}';
      return;
    }
    if (value instanceof RegExp || value instanceof URL) {
      return this.#special(value instanceof URL ? 'url' : 'regexp', String(value).slice(0, this.#most));
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
      this.text += '{"$":"object","value":';
      this.#list(keys, (key) => this.#pair(key, read(key), hiding));
      this.text += '}';
      return;
    }
    this.text += '{';
    let isFirst = true;
    for (const key of keys) {
      if (this.#isOver()) break;
      this.text += `${isFirst ? '' : ','}${JSON.stringify(key.slice(0, 1000))}:`;
      isFirst = false;
      this.#read(read(key), hiding.under(key, true));
    }
    this.text += '}';
  }

  #pair(key: unknown, read: () => unknown, hiding: Hiding): void {
    this.text += '[';
    this.value(key, hiding.under('0', false) === 'all' ? 'all' : BY_NAMES);
    this.text += ',';
    const name = isObject(key) || typeof key === 'symbol' ? '*' : String(key);
    const listed = hiding.under('*', false);
    // To a schema a Map is a list of pairs.
    const paired = listed === 'all' ? 'all' : listed.under('1', false);
    this.#read(read, paired === 'all' ? 'all' : hiding.under(name, true));
    this.text += ']';
  }

  /** A getter that throws loses its own value alone. */
  #read(read: () => unknown, hiding: Hiding | 'all'): void {
    let value: unknown;
    try {
      value = read();
    } catch (thrown) {
      return this.#special('threw', this.#secrets.scrub(causeOf(thrown)));
    }
    this.value(value, hiding);
  }

  #list<T>(items: Iterable<T>, write: (item: T, i: number) => void): void {
    this.text += '[';
    let i = 0;
    for (const item of items) {
      if (this.#isOver()) break;
      if (i > 0) this.text += ',';
      write(item, i++);
    }
    this.text += ']';
  }

  #isOver(): boolean {
    if (this.text.length < this.#most) return false;
    return (this.isCut = true);
  }
}

function below(hiding: Hiding, i: number): Hiding | 'all' {
  return hiding.under(String(i), false);
}
