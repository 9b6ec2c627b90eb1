import { batch, computed, signal, type Signal } from '@preact/signals-core';
import { Story, type Call, type Entry } from '../../story/index.ts';
import { isPinned } from './pins.ts';

const story = new Story();
let ids: ReadonlySet<string> = new Set();
/** Counts the changes of each call, for those who show it. */
const versions = new Map<string, Signal<number>>();
let changed = new Set<string>();
let isAllChanged = false;
let isAsked = false;
let most = Infinity;
let held: ReadonlySet<string> = new Set();

/** Keeps calls for as long as the reader looks at them, so that none moves when the server forgets some. */
export function hold(calls: ReadonlySet<string>): void {
  const isLess = calls.size < held.size;
  held = calls;
  if (isLess) ask();
}

/** Counts the times at which calls came, changed or went: at most once a frame. */
export const revision = signal(0);
/** The calls that changed last. */
export let lastChanged: ReadonlySet<string> = new Set();
/** True once the first entries, or the news that there are none, have come. */
export const hasLoaded = signal(false);
/** Events of the last seconds, for the rate. */
export const eventsPerSecond = signal(0);
const dispatched: number[] = [];

/** All calls that are known, the oldest first. */
export function allCalls(): readonly Call[] {
  return story.calls;
}

export function callOf(id: string): Call | undefined {
  return story.call(id);
}

/** Subscribes to the changes of a call. */
export function versionOf(id: string): Signal<number> {
  let version = versions.get(id);
  if (version === undefined) versions.set(id, (version = signal(0)));
  return version;
}

/** Adds entries, and keeps as many calls as the server does, beside those that are pinned. */
export function addEntries(entries: readonly Entry[], kept: number): void {
  const now = Date.now();
  for (const entry of entries) {
    for (const id of story.add(entry)) changed.add(id);
    if (entry.kind !== 'dispatched') continue;
    if (now - entry.at < WINDOW) dispatched.push(entry.at);
    if (awaited?.(entry)) awaited = undefined;
  }
  most = kept;
  ask();
}
const WINDOW = 5000;

let awaited: ((entry: Dispatched) => boolean) | undefined;
type Dispatched = Extract<Entry, { kind: 'dispatched' }>;

/** Calls `found` with the id of the call of the next event that is published by this name. Returns what ends the waiting. */
export function whenPublished(name: string, found: (call: string) => void): () => void {
  const waiting = (entry: Dispatched): boolean => {
    if (entry.by !== undefined || entry.name !== name) return false;
    found(entry.root);
    return true;
  };
  awaited = waiting;
  return () => {
    if (awaited === waiting) awaited = undefined;
  };
}

/** Forgets all calls, because the server was cleared or started again. Pinned ones stay. */
export function forgetAll(): void {
  for (const { id } of story.calls) if (!isPinned(id)) story.forget(id);
  isAllChanged = true;
  ask();
}

function ask(): void {
  if (isAsked) return;
  isAsked = true;
  const wait = publishedAt + LEAST_BETWEEN - performance.now();
  // A page that is hidden gets no frames.
  if (wait > 0 || document.hidden) setTimeout(publish, Math.max(wait, 0));
  else requestAnimationFrame(publish);
}

/** The server gathers for so long, in ms, and what it sends comes in parts: each change costs a layout or two. */
const LEAST_BETWEEN = 100;
let publishedAt = -LEAST_BETWEEN;

function publish(): void {
  isAsked = false;
  publishedAt = performance.now();
  const free = story.calls.filter(({ id }) => !isPinned(id) && !held.has(id));
  for (const { id } of free.slice(0, Math.max(0, free.length - most))) story.forget(id);
  const before = ids;
  ids = new Set(Array.from(story.calls, ({ id }) => id));
  const now = isAllChanged ? new Set(ids) : changed;
  for (const id of before) if (!ids.has(id)) now.add(id);
  changed = new Set();
  isAllChanged = false;
  lastChanged = now;
  batch(() => {
    for (const id of now) {
      const version = versions.get(id);
      if (version !== undefined) version.value++;
      if (!ids.has(id)) versions.delete(id);
    }
    hasLoaded.value = true;
    revision.value++;
  });
}

/** Counts what was dispatched of late. */
export function countRate(now: number): void {
  while (dispatched.length > 0 && dispatched[0]! < now - WINDOW) dispatched.shift();
  eventsPerSecond.value = Math.round(dispatched.length / (WINDOW / 1000));
}

/** How many calls there are. */
export const callCount = computed(() => (revision.value, ids.size));
