import { DEEPEST } from '../core/catalog/find-fault.ts';
import { objectKind, type ObjectKind } from '../core/catalog/object-kind.ts';
import { pathOf } from '../core/catalog/schema.ts';
import { EventsError } from '../core/words/errors.ts';

/** Maximum number of values that JSON can't represent: more make a message slow to read. */
export const MOST_SPECIAL = 10_000;
/** Maximum sum of `reviving` in a message: long paths and URLs make a message slow to read, too. */
export const MOST_WORK = 100_000;
/** Returns how much work it takes to revive a value, by the length of its path. */
export const reviving = (levels: number, isUrl: boolean) => levels + (isUrl ? 20 : 1);
/** Maximum length of a bigint: longer ones take long to read. */
export const LONGEST_BIGINT = 4096;
/** Keys that could make a reader write to prototypes. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Typed arrays that superjson supports. */
export const TYPED_ARRAYS: Readonly<Record<string, Function>> = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
};

/** Walks through a value once, and keeps what it found. */
export class Inspection {
  /** Number of values that JSON can't represent. If there are none, the message is made without a transformer. */
  special = 0;
  #values = 0;
  #work = 0;
  /** Paths of class instances, which the application's own transformer may know. */
  readonly instances: PropertyKey[][] = [];
  readonly #subject: string;
  readonly #maxValues: number;
  readonly #path: PropertyKey[] = [];

  /** @throws EventsError `NOT_SERIALIZABLE` if a value would not come back equal */
  constructor(subject: string, value: unknown, maxValues: number) {
    this.#subject = subject;
    this.#maxValues = maxValues;
    this.#any(value);
  }

  #any(value: unknown): void {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return;
      case 'number':
        if (!Number.isFinite(value) || Object.is(value, -0)) this.#count();
        return;
      case 'undefined':
        return this.#count();
      case 'bigint':
        if (value.toString().length > LONGEST_BIGINT)
          throw this.#refuse(`it has over ${LONGEST_BIGINT} digits`);
        return this.#count();
      case 'object':
        return value === null ? undefined : this.#object(value);
      default:
        throw this.#refuse(`it is a ${typeof value}`);
    }
  }

  #object(value: object): void {
    if (this.#path.length > DEEPEST) throw this.#refuse(`it is nested deeper than ${DEEPEST} levels`);
    const kind = objectKind(value);
    if (kind === 'array') return this.#array(value as readonly unknown[]);
    if (kind === 'plain') return this.#record(value as Record<string, unknown>);
    const isUrl = Object.getPrototypeOf(value) === URL.prototype;
    this.#count(isUrl);
    if (kind === 'Date') {
      if (Number.isNaN((value as Date).getTime())) throw this.#refuse('it is an invalid Date');
    } else if (kind === 'Map') this.#map(value as Map<unknown, unknown>);
    else if (kind === 'Set') this.#items(value as Set<unknown>);
    else if (kind === 'typed array' && isOfKnownType(value)) this.#numbers(value);
    else if (!isUrl) this.#instance(value, kind);
  }

  #array(value: readonly unknown[]): void {
    this.#hold(value.length);
    for (let i = 0; i < value.length; i++) {
      if (!(i in value)) throw this.#at(i, () => this.#refuse('it is a hole in an array'));
      this.#below(i, value[i]);
    }
  }

  #record(value: Record<string, unknown>): void {
    const keys = Object.keys(value);
    this.#hold(keys.length);
    for (const key of keys) {
      if (FORBIDDEN_KEYS.has(key)) throw this.#at(key, () => this.#refuse('no key may be called that'));
      this.#below(key, value[key]);
    }
    if (Object.getOwnPropertySymbols(value).length > 0) throw this.#refuse('it has a symbol as a key');
  }

  #map(value: ReadonlyMap<unknown, unknown>): void {
    this.#hold(3 * value.size);
    let i = 0;
    for (const [key, item] of value) {
      this.#at(i, () => {
        this.#below(0, key);
        this.#below(1, item);
      });
      i++;
    }
  }

  #items(value: ReadonlySet<unknown>): void {
    this.#hold(value.size);
    let i = 0;
    for (const item of value) this.#below(i++, item);
  }

  #numbers(value: Iterable<number> & ArrayLike<number>): void {
    this.#hold(value.length);
    for (const number of value) {
      if (!Number.isFinite(number) || Object.is(number, -0))
        throw this.#refuse(`it is a typed array with ${number === 0 ? '-0' : number}`);
    }
  }

  #instance(value: object, kind: ObjectKind): void {
    // The tag of an Error or a RegExp is the same in every realm.
    const tag = Object.prototype.toString.call(value);
    if (tag === '[object Error]') throw this.#refuse('it is an Error: send what is needed of it');
    if (tag === '[object RegExp]') throw this.#refuse('it is a RegExp');
    if (kind !== 'instance')
      throw this.#refuse('bytes travel as a Uint8Array: make one by `new Uint8Array(bytes)`');
    this.instances.push([...this.#path]);
  }

  #below(key: PropertyKey, value: unknown): void {
    if (typeof value === 'string' || typeof value === 'boolean') return;
    this.#path.push(key);
    this.#any(value);
    this.#path.pop();
  }

  #at<R>(key: PropertyKey, run: () => R): R {
    this.#path.push(key);
    const result = run();
    this.#path.pop();
    return result;
  }

  /** Counts at least as many values as `hasMoreValues` finds in the text of a message. */
  #hold(items: number): void {
    if ((this.#values += 1 + items) > this.#maxValues)
      throw this.#refuse(`all in all, it has more than ${this.#maxValues} values, which is maxValues`);
  }

  #count(isUrl = false): void {
    this.#work += reviving(this.#path.length, isUrl);
    if (++this.special > MOST_SPECIAL)
      throw this.#refuse(`it has more than ${MOST_SPECIAL} values that JSON can't say, such as dates`);
    if (this.#work > MOST_WORK)
      throw this.#refuse(
        "it has too many values that JSON can't say, such as dates, too deep, or too many URLs",
      );
  }

  #refuse(why: string): Error {
    return cannotTravel(this.#subject, this.#path, why);
  }
}

/** Returns true if superjson knows a typed array. It goes by the class's name, and doesn't know Buffer or bigint arrays. */
function isOfKnownType(value: object): value is Iterable<number> & ArrayLike<number> {
  return Object.hasOwn(TYPED_ARRAYS, value.constructor.name);
}

/** Makes the error for a value that can't travel. The message never shows the value. */
export function cannotTravel(subject: string, path: readonly PropertyKey[], why: string): EventsError {
  const shown = path.length > 20 ? `${pathOf(path.slice(0, 20))}…` : pathOf(path);
  const at = path.length === 0 ? '' : `, at ${shown}`;
  return new EventsError('NOT_SERIALIZABLE', `${subject} can't travel in a message${at}: ${why}.`);
}
