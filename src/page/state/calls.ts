import { batch, computed, signal, type Signal } from '@preact/signals';
import { Story, type Call, type Entry } from '../../story/index.ts';
import { isPinned, pins } from './pins.ts';

let story = new Story();
let byId = new Map<string, Call>();
/** Counts the changes of each call, for those who show it. */
let versions = new Map<string, Signal<number>>();
let changed = new Set<string>();
let isAllChanged = false;
let isAsked = false;
let most = Infinity;

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
  return [...byId.values()];
}

export function callOf(id: string): Call | undefined {
  return byId.get(id);
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
    story.add(entry);
    changed.add(entry.root);
    if (entry.kind === 'lost') isAllChanged = true;
    if (entry.kind === 'dispatched' && now - entry.at < WINDOW) dispatched.push(entry.at);
  }
  most = kept;
  ask();
}
const WINDOW = 5000;

/** Forgets all calls, because the server was cleared or started again. Pinned ones stay. */
export function forgetAll(): void {
  const before = story;
  for (const { id } of before.calls) if (!isPinned(id)) before.forget(id);
  isAllChanged = true;
  ask();
}

function ask(): void {
  if (isAsked) return;
  isAsked = true;
  // A page that is hidden gets no frames.
  if (document.hidden) setTimeout(publish, 250);
  else requestAnimationFrame(publish);
}

function publish(): void {
  isAsked = false;
  const calls = story.calls;
  const pinned = pins.peek().size;
  let extra = calls.length - pinned - most;
  for (const { id } of calls) {
    if (extra <= 0) break;
    if (isPinned(id)) continue;
    story.forget(id);
    extra--;
  }
  byId = new Map(story.calls.map((call) => [call.id, call]));
  const now = isAllChanged ? new Set(byId.keys()) : changed;
  changed = new Set();
  isAllChanged = false;
  lastChanged = now;
  batch(() => {
    for (const id of now) {
      const version = versions.get(id);
      if (version !== undefined) version.value++;
    }
    for (const id of versions.keys()) if (!byId.has(id)) versions.delete(id);
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
export const callCount = computed(() => (revision.value, byId.size));
