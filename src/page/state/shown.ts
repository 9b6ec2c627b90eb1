import { batch, effect, signal } from '../signals.ts';
import { lineOf, type Call } from '../../story/index.ts';
import { address } from './address.ts';
import { allCalls, hold } from './calls.ts';
import { filter, found, hasQuiet, isShown } from './filter.ts';
import { pins } from './pins.ts';

/** The calls of the list, the newest first. */
export const shown = signal<readonly string[]>([]);
/**
 * The place of each shown call, as a text such as `12 first`: the slot of its row, counted from below, and its part in the
 * bracket of its batch.
 */
export const places = signal<ReadonlyMap<string, string>>(new Map());
/** The slot of the first row. */
export const top = signal(-1);
/** How many rows wait above, because the reader is further down or has chosen one. */
export const fresh = signal(0);
export const isAtTop = signal(true);

/** The time when the page was opened. Earlier calls are not news. */
const opened = Date.now();
const MOST_SLOTS = 100_000;
/**
 * The result of the filter for each call, and the revision that it is about. A call that has matched stays until the
 * filter changes, so that nothing jumps.
 */
let matched = new Map<string, { readonly is: boolean; readonly revision: number }>();
let isRefiltered = true;

/** Shows the rows that wait above. */
export function showFresh(): void {
  batch(() => arrange(matching(), false));
}

export function followShown(): void {
  effect(() => {
    // All calls are checked again if one of these changes.
    void [filter.value, found.value, hasQuiet.value];
    matched = new Map();
    isRefiltered = true;
  });
  effect(() => {
    void [filter.value, found.value, hasQuiet.value, pins.value];
    const calls = matching();
    const isHeld = !isRefiltered && (!isAtTop.value || shown.peek().includes(address.call.value));
    isRefiltered = false;
    batch(() => arrange(calls, isHeld));
  });
}

/** Returns the calls that match, the newest first. */
function matching(): Call[] {
  const now = Date.now();
  const before = matched;
  matched = new Map();
  const calls = allCalls().filter((call) => {
    const { id, revision } = call;
    let known = before.get(id);
    if (known === undefined || (!known.is && known.revision !== revision)) {
      const is = isShown(call, now) && (hasQuiet.value || !lineOf(call, now).isQuiet);
      known = { is, revision };
    }
    matched.set(id, known);
    return known.is;
  });
  return calls.reverse();
}

function arrange(calls: readonly Call[], isHeld: boolean): void {
  const before = shown.peek();
  const was = new Set(isHeld ? before : []);
  const next = isHeld ? calls.filter(({ id, from }) => was.has(id) || from < opened) : calls;
  const ids = next.map(({ id }) => id);
  const first = firstSlot(before, ids);
  places.value = new Map(next.map(({ id }, i) => [id, `${first - i} ${bracketOf(next, i)}`]));
  fresh.value = calls.length - next.length;
  top.value = first;
  shown.value = ids;
  hold(new Set(isHeld ? ids : []));
}

/**
 * Returns the slot of the first row. Rows that only got news above them keep their slots, so that none is touched. Any other
 * list gets higher slots: rows that left it are then below its end, where nobody sees them, and can be hidden later.
 */
function firstSlot(before: readonly string[], ids: readonly string[]): number {
  const news = ids.indexOf(before[0] ?? '');
  const isSame = news >= 0 && ids.slice(news).every((id, i) => id === before[i]);
  const slot = top.peek() + (isSame ? news : ids.length);
  return slot <= MOST_SLOTS ? slot : ids.length - 1;
}

function bracketOf(calls: readonly Call[], i: number): string {
  const own = calls[i]?.batch;
  if (own === undefined) return 'none';
  const isAfter = calls[i - 1]?.batch === own;
  const isBefore = calls[i + 1]?.batch === own;
  if (isAfter) return isBefore ? 'middle' : 'last';
  return isBefore ? 'first' : 'none';
}
