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
/** The last filter that could be understood: the list stays as it is while a word is half typed. */
export const filter = signal<Filter | undefined>(undefined);
/** The words of that filter; empty if everything is shown. */
export const filterWords = signal('');
/** The events whose payload has what `payload:` asks for. The server alone has the payloads. */
export const found = signal<ReadonlySet<string> | undefined>(undefined);

export function clearFilter(): void {
  for (const key of ['filter', 'outcome', 'kind', 'process'] as const) address[key].value = '';
}

export function isShown(call: Call, now: number): boolean {
  const { value } = filter;
  if (value === undefined) return true;
  if (!value.matches(call, now)) return false;
  if (value.payload === undefined) return true;
  const ids = found.value;
  return ids !== undefined && treeOf(call).events.some(({ id }) => ids.has(id));
}

export function followFilter(): void {
  effect(() => {
    const { value } = parsed;
    if ('error' in value) return;
    filterWords.value = text.value;
    filter.value = text.value === '' ? undefined : value;
  });
  effect(() => {
    const payload = filter.value?.payload;
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
