import { computed, signal } from '../signals.ts';
import { Story, type Call, type Entry } from '../../story/index.ts';
import { isPinned } from './pins.ts';

const story = new Story();

/** Counts how often calls came, changed or went, at most once every 100 ms. */
export const revision = signal(0);
/** True once the first entries, or the news that there are none, have come. */
export const hasLoaded = signal(false);

/** Returns all known calls, the oldest first. Whatever calls this follows their changes. */
export function allCalls(): readonly Call[] {
  void revision.value;
  return callsNow();
}

/** Returns all known calls without following their changes. */
export function callsNow(): readonly Call[] {
  return story.calls;
}

export const callCount = computed(() => allCalls().length);

export function callOf(id: string): Call | undefined {
  return story.call(id);
}

/** Returns a number that differs after each change of a call. */
export function versionOf(id: string): number | undefined {
  void revision.value;
  return story.call(id)?.revision;
}

/** How many calls the server keeps. */
let most = Infinity;
/** The calls that stay for as long as the reader looks at them, so that none moves when the server forgets some. */
let held: ReadonlySet<string> = new Set();

export function hold(calls: ReadonlySet<string>): void {
  const isLess = calls.size < held.size;
  held = calls;
  if (isLess) ask();
}

/** Adds entries, and keeps as many calls as the server does, not counting pinned ones. */
export function addEntries(entries: readonly Entry[], kept: number): void {
  for (const entry of entries) {
    story.add(entry);
    if (entry.kind !== 'dispatched') continue;
    if (Date.now() - entry.at < WINDOW) dispatched.push(entry.at);
    if (entry.by === undefined && entry.name === awaited?.name) {
      awaited.found(entry.root);
      awaited = undefined;
    }
  }
  most = kept;
  ask();
}

/** Forgets all calls, because the server was cleared or started again. Pinned ones stay. */
export function forgetAll(): void {
  for (const { id } of story.calls) if (!isPinned(id)) story.forget(id);
  ask();
}

/** The least time between changes, in ms, because each costs a layout or two. The server gathers entries for as long. */
const LEAST_BETWEEN = 100;
let publishedAt = -LEAST_BETWEEN;
let isAsked = false;

function ask(): void {
  if (isAsked) return;
  isAsked = true;
  const wait = publishedAt + LEAST_BETWEEN - performance.now();
  // A hidden page gets no frames.
  if (wait > 0 || document.hidden) setTimeout(publish, wait);
  else requestAnimationFrame(publish);
}

function publish(): void {
  isAsked = false;
  publishedAt = performance.now();
  const free = story.calls.filter(({ id }) => !isPinned(id) && !held.has(id));
  for (const { id } of free.slice(0, Math.max(0, free.length - most))) story.forget(id);
  hasLoaded.value = true;
  revision.value++;
}

let awaited: { readonly name: string; found(call: string): void } | undefined;

/** Calls `found` with the call's id when the next event of this name is published. Returns what stops the wait. */
export function whenPublished(name: string, found: (call: string) => void): () => void {
  awaited = { name, found };
  return () => (awaited = undefined);
}

const WINDOW = 5000;
/** The times at which the events of the last seconds were dispatched. */
let dispatched: number[] = [];
export const eventsPerSecond = signal(0);

/** Counts the events of the last seconds. */
export function countRate(now: number): void {
  dispatched = dispatched.filter((at) => at >= now - WINDOW);
  eventsPerSecond.value = Math.round(dispatched.length / (WINDOW / 1000));
}
