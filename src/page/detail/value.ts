/**
 * A value of a payload, as the inspector writes it: JSON, and for what JSON can't say an object whose first key is `$`.
 */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** A value that has parts. */
export interface Branch {
  /** The text around the number of parts: `{ 3 keys }`, `[ 2 items ]`, `Map { 1 entry }`. */
  readonly open: string;
  readonly close: string;
  readonly one: string;
  readonly many: string;
  parts(): readonly Part[];
  readonly size: number;
}
export interface Part {
  readonly key: string;
  readonly value: Value;
}

export type Shape =
  | { readonly kind: 'branch'; readonly branch: Branch }
  | { readonly kind: 'text'; readonly text: string; readonly of?: number }
  | { readonly kind: 'plain'; readonly text: string }
  /** Words about a value that is not there. */
  | { readonly kind: 'note'; readonly text: string };

const KEYS = { open: '{', close: '}', one: 'key', many: 'keys' };
const ITEMS = { open: '[', close: ']', one: 'item', many: 'items' };

export function shapeOf(value: Value): Shape {
  if (typeof value === 'string') return { kind: 'text', text: value };
  if (typeof value !== 'object' || value === null) return { kind: 'plain', text: String(value) };
  if (isList(value))
    return { kind: 'branch', branch: { ...ITEMS, size: value.length, parts: () => items(value) } };
  if (typeof value['$'] === 'string') return special(value['$'], value['value'] ?? '', value['of']);
  const keys = Object.keys(value);
  const parts = () => keys.map((key) => ({ key, value: value[key]! }));
  return { kind: 'branch', branch: { ...KEYS, size: keys.length, parts } };
}

function special(what: string, value: Value, of: Value | undefined): Shape {
  const text = isPlain(value) ? String(value) : '';
  const list = isList(value) ? value : [];
  switch (what) {
    case 'redacted':
      return { kind: 'note', text: 'redacted' };
    case 'cut':
      return typeof of === 'number' && typeof value === 'string'
        ? { kind: 'text', text: value, of }
        : { kind: 'note', text: 'cut here' };
    case 'circle':
      return { kind: 'note', text: 'a circle: it stands around this' };
    case 'threw':
      return { kind: 'note', text: `It could not be read: a getter threw ${text}` };
    case 'undefined':
      return { kind: 'plain', text: 'undefined' };
    case 'bigint':
      return { kind: 'plain', text: `${text}n` };
    case 'bytes':
      return { kind: 'note', text: `${text} bytes` };
    case 'map':
      return branch(pairs(list), 'Map {', '}', 'entry', 'entries');
    case 'set':
      return branch(items(list), 'Set {', '}', 'item', 'items');
    case 'object':
      return branch(pairs(list), '{', '}', 'key', 'keys');
    case 'number':
    case 'symbol':
      return { kind: 'plain', text: text };
    case 'function':
      return { kind: 'note', text: 'a function' };
    case 'date':
    case 'url':
    case 'regexp':
      return { kind: 'plain', text: text };
    case 'error':
      return { kind: 'note', text: text };
    default:
      return { kind: 'note', text: what };
  }
}

function branch(parts: readonly Part[], open: string, close: string, one: string, many: string): Shape {
  return { kind: 'branch', branch: { open, close, one, many, size: parts.length, parts: () => parts } };
}

function items(list: readonly Value[]): readonly Part[] {
  return list.map((value, i) => ({ key: String(i), value }));
}

function pairs(list: readonly Value[]): readonly Part[] {
  return list.map((pair, i) => {
    const [key = '', value = null] = isList(pair) ? pair : [];
    return { key: typeof key === 'string' ? key : (plain(key) ?? `key ${i + 1}`), value };
  });
}

function plain(value: Value): string | undefined {
  const shape = shapeOf(value);
  return shape.kind === 'plain' || shape.kind === 'note' ? shape.text : undefined;
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function isPlain(value: Value): value is string | number | boolean | null {
  return typeof value !== 'object' || value === null;
}
