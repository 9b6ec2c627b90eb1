import { isList, type Value } from '../../story/value.ts';
import { count } from '../parts/count.ts';

export interface Part {
  readonly key: string;
  readonly value: Value;
}

/** How a value is shown. */
export interface Shape {
  /** `text` is a string, `plain` another value, and `note` are words about a value that is not there. */
  readonly kind: 'branch' | 'text' | 'plain' | 'note';
  readonly text: string;
  /** The length of a string that was cut. */
  readonly of?: number;
  /** The number of a branch's parts. They are made when they are shown. */
  readonly size?: number;
  readonly parts?: () => readonly Part[];
}

export function shapeOf(value: Value): Shape {
  if (typeof value === 'string') return { kind: 'text', text: value };
  if (typeof value !== 'object' || value === null) return plain(value);
  if (isList(value)) return listOf(value, '[', ']');
  if (typeof value['$'] === 'string') return special(value['$'], value['value'] ?? '', value['of']);
  const keys = Object.keys(value);
  return keysOf(keys.length, () => keys.map((key) => ({ key, value: value[key]! })));
}

function special(what: string, value: Value, of: Value | undefined): Shape {
  const list = isList(value) ? value : [];
  switch (what) {
    case 'cut':
      return typeof of === 'number' && typeof value === 'string'
        ? { kind: 'text', text: value, of }
        : note('cut here');
    case 'circle':
      return note('a circle: it stands around this');
    case 'threw':
      return note(`It could not be read: a getter threw ${textOf(value)}`);
    case 'bytes':
      return note(`${textOf(value)} bytes`);
    case 'function':
      return note('a function');
    case 'error':
      return note(textOf(value));
    case 'undefined':
      return plain(what);
    case 'bigint':
      return plain(`${textOf(value)}n`);
    case 'map':
      return branch(`Map { ${some(list.length, 'entry', 'entries')}}`, list.length, () => pairs(list));
    case 'set':
      return listOf(list, 'Set {', '}');
    case 'object':
      return keysOf(list.length, () => pairs(list));
    default:
      // Values such as `redacted` have no text and are shown by their kind. Others, such as a date, are shown by their text.
      return value === '' ? note(what) : plain(value);
  }
}

const textOf = (value: Value) => (typeof value === 'object' ? '' : String(value));
const note = (text: string): Shape => ({ kind: 'note', text });
const plain = (value: Value): Shape => ({ kind: 'plain', text: value === null ? 'null' : textOf(value) });

function branch(text: string, size: number, parts: () => readonly Part[]): Shape {
  return { kind: 'branch', text, size, parts };
}

function listOf(list: readonly Value[], open: string, close: string): Shape {
  const parts = () => list.map((value, i) => ({ key: String(i), value }));
  return branch(`${open} ${some(list.length, 'item')}${close}`, list.length, parts);
}

function keysOf(size: number, parts: () => readonly Part[]): Shape {
  return branch(`{ ${some(size, 'key')}}`, size, parts);
}

const some = (n: number, one: string, many?: string) => (n === 0 ? '' : `${count(n, one, many)} `);

function pairs(list: readonly Value[]): readonly Part[] {
  return list.map((pair, i) => {
    const [key = '', value = null] = isList(pair) ? pair : [];
    const { kind, text } = shapeOf(key);
    return { key: kind === 'branch' ? `key ${i + 1}` : text, value };
  });
}
