import { computed, effect, signal } from '../signals.ts';
import { treeOf } from '../../story/tree.ts';
import { parseFilter, type Call, type Filter } from '../../story/index.ts';
import { address } from './address.ts';
import { get } from './api.ts';

/** True to show queries that dispatched nothing, too. */
export const hasQuiet = signal(false);

const text = computed(() => {
  const { filter, outcome, kind, process } = address;
  const from = process.value === '' ? '' : `process:${JSON.stringify(process.value)}`;
  return [filter.value, outcome.value, kind.value, from].filter((it) => it.trim() !== '').join(' ');
});
const parsed = computed(() => parseFilter(text.value));

/** Why the filter can't be understood. */
export const filterError = computed(() => ('error' in parsed.value ? parsed.value.error : undefined));

let last: Filter & { readonly words: string } = { matches: () => true, payload: undefined, words: '' };
/** The last filter that could be understood, with its words: the list stays as it is while a word is half typed. */
export const filter = computed(() => {
  if (!('error' in parsed.value)) last = { ...parsed.value, words: text.value };
  return last;
});
/** The events whose payload has what `payload:` asks for. Only the server has the payloads. */
export const found = signal<ReadonlySet<string> | undefined>(undefined);

export function clearFilter(): void {
  for (const key of ['filter', 'outcome', 'kind', 'process'] as const) address[key].value = '';
}

export function isShown(call: Call, now: number): boolean {
  const { matches, payload } = filter.value;
  if (!matches(call, now)) return false;
  return payload === undefined || treeOf(call).events.some(({ id }) => found.value?.has(id));
}

export function followFilter(): void {
  effect(() => {
    const { payload } = filter.value;
    found.value = undefined;
    if (payload === undefined) return;
    const stop = new AbortController();
    const timer = setTimeout(() => void search(payload, stop.signal), 150);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  });
}

async function search(payload: string, stop: AbortSignal): Promise<void> {
  try {
    const { events } = await get<{ events: string[] }>(`search?payload=${encodeURIComponent(payload)}`, stop);
    found.value = new Set(events);
  } catch {
    if (!stop.aborted) found.value = new Set();
  }
}
