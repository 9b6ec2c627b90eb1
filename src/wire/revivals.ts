import { isObject } from '../core/words/guards.ts';
import {
  FORBIDDEN_KEYS,
  LONGEST_BIGINT,
  MOST_SPECIAL,
  MOST_WORK,
  reviving,
  TYPED_ARRAYS,
} from './inspect.ts';

/** A place in the JSON that a path of superjson leads to or through. */
interface Place {
  readonly value: unknown;
  readonly level: number;
  isRevived: boolean;
  readonly below: Map<string, Place>;
}

/** The allowed revivals, each with a check of the JSON that it revives. */
const REVIVALS: Readonly<Record<string, (value: unknown) => boolean>> = {
  undefined: (value) => value === null,
  Date: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  bigint: (value) => typeof value === 'string' && value.length <= LONGEST_BIGINT && /^-?\d+$/.test(value),
  number: (value) => ['NaN', 'Infinity', '-Infinity', '-0'].includes(value as string),
  URL: (value) => typeof value === 'string',
  map: (value) => Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2),
  set: (value) => Array.isArray(value),
};

/**
 * Returns what is wrong with the revivals that a message asks of superjson, if anything. Each value may be revived at
 * most once, after the values inside it, and only as a type that `Inspection` lets travel. This limits superjson's time
 * by the length of the message, and keeps it from reaching anything else.
 */
export function faultOfRevivals(json: unknown, meta: unknown, allowsCustom: boolean): string | undefined {
  try {
    check(json, meta, allowsCustom);
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
  return undefined;
}

class Fault extends Error {}

function check(json: unknown, meta: unknown, allowsCustom: boolean): void {
  if (!isObject(meta)) throw new Fault('is no object');
  const { values, v, ...others } = meta;
  if (Object.keys(others).length > 0) throw new Fault('may have only values');
  if (v !== 1) throw new Fault('is of another version than that of superjson 2.2.3 and later');
  let count = 0;
  let work = 0;
  visit(values, { value: json, level: 0, isRevived: false, below: new Map() });

  function visit(tree: unknown, place: Place): void {
    if (!Array.isArray(tree)) return visitAll(tree, place);
    if (tree.length === 2) visitAll(tree[1], place);
    else if (tree.length !== 1) throw new Fault('has a node that is none');
    work += reviving(place.level, tree[0] === 'URL');
    if (++count > MOST_SPECIAL || work > MOST_WORK) throw new Fault('revives too many values');
    if (place.isRevived) throw new Fault('revives a value twice');
    if (!isRevival(tree[0], place.value, allowsCustom)) throw new Fault('revives what may not be revived');
    place.isRevived = true;
  }

  function visitAll(trees: unknown, place: Place): void {
    if (!isObject(trees) || Array.isArray(trees)) throw new Fault('has a node that is none');
    for (const key of Object.keys(trees)) visit(trees[key], descend(place, key));
  }
}

function descend(from: Place, path: string): Place {
  let place = from;
  for (const segment of segmentsOf(path)) {
    if (place.isRevived || !hasItem(place.value, segment))
      throw new Fault('leads to a value that is not there');
    let next = place.below.get(segment);
    if (next === undefined) {
      next = { value: place.value[segment], level: place.level + 1, isRevived: false, below: new Map() };
      place.below.set(segment, next);
    }
    place = next;
  }
  return place;
}

function hasItem(value: unknown, segment: string): value is Record<string, unknown> {
  if (!isObject(value) || FORBIDDEN_KEYS.has(segment)) return false;
  return Object.hasOwn(value, segment) && (!Array.isArray(value) || /^\d+$/.test(segment));
}

/** Splits a path as superjson does: at dots. Within a segment, a backslash escapes a dot or a backslash. */
function segmentsOf(path: string): string[] {
  const segments: string[] = [];
  let segment = '';
  for (let i = 0; i < path.length; i++) {
    let char = path[i]!;
    if (char === '.') {
      segments.push(segment);
      segment = '';
      continue;
    }
    if (char === '\\') {
      char = path[++i] ?? '';
      if (char !== '.' && char !== '\\') throw new Fault('has a path that is none');
    }
    segment += char;
  }
  return [...segments, segment];
}

function isRevival(annotation: unknown, value: unknown, allowsCustom: boolean): boolean {
  if (typeof annotation === 'string')
    return Object.hasOwn(REVIVALS, annotation) && REVIVALS[annotation]!(value);
  if (!Array.isArray(annotation) || annotation.length !== 2) return false;
  const [kind, name] = annotation as [unknown, unknown];
  if (kind === 'class')
    throw new Fault('revives an instance by registerClass: only registerCustom may do that');
  if (kind === 'custom') return allowsCustom && typeof name === 'string';
  return (
    kind === 'typed-array' &&
    typeof name === 'string' &&
    Object.hasOwn(TYPED_ARRAYS, name) &&
    Array.isArray(value) &&
    value.every((item) => typeof item === 'number')
  );
}
