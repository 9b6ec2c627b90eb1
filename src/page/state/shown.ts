import { batch, effect, signal, type Signal } from '@preact/signals-core';
import { lineOf, type Call } from '../../story/index.ts';
import { address } from './address.ts';
import { allCalls, callOf, hold, lastChanged, revision } from './calls.ts';
import { filter, found, hasQuiet, isShown } from './filter.ts';
import { pins } from './pins.ts';

/** The place of a row: how many rows are below it, and its part in the bracket of its batch. */
export interface Place {
  readonly slot: number;
  readonly bracket: 'none' | 'first' | 'middle' | 'last';
}

/** All rows that exist, the newest first. Those that the filter hides stay, because showing them again is cheap. */
export const rows = signal<readonly string[]>([]);
/** The rows that are to be seen, the newest first. */
export const shown = signal<readonly string[]>([]);
/** How many rows wait above, because the reader is further down or has chosen one. */
export const fresh = signal(0);
export const isAtTop = signal(true);
/** The slot of the first row. */
export const top = signal(-1);

/** Calls of before are no news. */
const opened = Date.now();
const NONE: ReadonlySet<string> = new Set();
const MOST_SLOTS = 100_000;
const places = new Map<string, Signal<Place | undefined>>();
/** Calls that match the filter. One that has matched stays until the filter changes: nothing jumps. */
let matched = new Map<string, boolean>();
let isRefiltered = true;

export function placeOf(id: string): Signal<Place | undefined> {
  let place = places.get(id);
  if (place === undefined) places.set(id, (place = signal(undefined)));
  return place;
}

/** Lets the new rows in. */
export function showFresh(): void {
  batch(() => arrange(matching(), false));
}

export function followShown(): void {
  effect(() => {
    // Each of these asks anew of all calls.
    void [filter.value, found.value, hasQuiet.value];
    matched = new Map();
    isRefiltered = true;
  });
  effect(() => {
    void [revision.value, filter.value, found.value, hasQuiet.value, pins.value];
    const isHeld = !isRefiltered && (!isAtTop.value || shown.peek().includes(address.call.value));
    isRefiltered = false;
    batch(() => arrange(matching(), isHeld));
  });
}

function matching(): Call[] {
  const now = Date.now();
  const calls: Call[] = [];
  for (const call of allCalls()) {
    let is = matched.get(call.id);
    if (is === undefined || (!is && lastChanged.has(call.id))) {
      is = isShown(call, now) && (hasQuiet.peek() || !lineOf(call, now).isQuiet);
      matched.set(call.id, is);
    }
    if (is) calls.push(call);
  }
  for (const id of matched.keys()) if (callOf(id) === undefined) matched.delete(id);
  return calls.reverse();
}

function arrange(calls: readonly Call[], isHeld: boolean): void {
  const before = new Set(isHeld ? shown.peek() : []);
  const next = isHeld ? calls.filter(({ id, from }) => before.has(id) || from < opened) : calls;
  fresh.value = calls.length - next.length;
  const ids = next.map(({ id }) => id);
  const moved = slotsAfter(ids);
  const seen = new Set(ids);
  next.forEach((call, i) => {
    const place = placeOf(call.id);
    const bracket = bracketOf(next, i);
    const slot = moved - i;
    const old = place.peek();
    if (old?.slot !== slot || old.bracket !== bracket) place.value = { slot, bracket };
  });
  for (const [id, place] of places) {
    if (callOf(id) === undefined) places.delete(id);
    else if (!seen.has(id) && place.peek() !== undefined) place.value = undefined;
  }
  top.value = moved;
  shown.value = ids;
  hold(isHeld ? seen : NONE);
  rows.value = allRows(ids, seen);
}

/** Keeps the slots of rows that only got news above them, so that none of them is touched. */
function slotsAfter(ids: readonly string[]): number {
  const before = shown.peek();
  const first = ids.indexOf(before[0] ?? '');
  const isSame = first >= 0 && ids.slice(first).every((id, i) => id === before[i]);
  const next = isSame ? top.peek() + first : ids.length - 1;
  return next > MOST_SLOTS ? ids.length - 1 : next;
}

/** The order of all rows, so that the order of the document is that of the screen. */
function allRows(ids: readonly string[], seen: ReadonlySet<string>): readonly string[] {
  const known = rows.peek().filter((id) => !seen.has(id) && callOf(id) !== undefined);
  return known.length === 0 ? ids : [...ids, ...known];
}

function bracketOf(calls: readonly Call[], i: number): Place['bracket'] {
  const batchOf = (call: Call | undefined) => call && lineOf(call, 0).batch;
  const own = batchOf(calls[i]);
  if (own === undefined) return 'none';
  const isAfter = batchOf(calls[i - 1]) === own;
  const isBefore = batchOf(calls[i + 1]) === own;
  if (isAfter) return isBefore ? 'middle' : 'last';
  return isBefore ? 'first' : 'none';
}
