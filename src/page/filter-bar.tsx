import { KINDS } from '../story/filter.ts';
import { duration } from '../story/index.ts';
import { OUTCOMES } from '../story/line.ts';
import { address } from './state/address.ts';
import { allCalls, callCount } from './state/calls.ts';
import { seconds } from './state/clock.ts';
import { status } from './state/connection.ts';
import { filterError, hasQuiet } from './state/filter.ts';
import { shown } from './state/shown.ts';
import { onKey } from './keys/on-key.ts';
import { focusPane } from './keys/panes.ts';
import { count } from './parts/count.ts';
import { Select } from './parts/select.tsx';
import * as styles from './filter-bar.module.css';

/** Narrows the list, by words and by choices of outcome, kind and process. */
export function FilterBar() {
  const { process, processes = [] } = status.value ?? {};
  const names = [process ?? [], processes.map(({ name }) => name)].flat(2);
  return (
    <div class={styles.bar} role="search">
      <Words />
      <Choice of="outcome" values={OUTCOMES} />
      <Choice of="kind" values={KINDS} />
      <Choice of="process" values={names} />
      <label class={styles.quiet}>
        <input
          type="checkbox"
          checked={hasQuiet.value}
          onChange={({ currentTarget }) => (hasQuiet.value = currentTarget.checked)}
        />
        calls without events
      </label>
      <Count />
    </div>
  );
}

function Words() {
  return (
    <div class={styles.words}>
      <input
        class="field mono"
        type="search"
        aria-label="Filter"
        aria-describedby="filter-error"
        aria-invalid={filterError.value !== undefined}
        placeholder="Filter: user.* failed >100ms"
        title="/"
        autocomplete="off"
        spellcheck={false}
        value={address.filter.value}
        onInput={({ currentTarget }) => (address.filter.value = currentTarget.value)}
        onKeyDown={(event) =>
          onKey(event, {
            Escape() {
              event.currentTarget.blur();
              focusPane('list');
            },
          })
        }
      />
      <p id="filter-error" class="tone-red">
        {filterError.value}
      </p>
    </div>
  );
}

function Choice({ of, values }: { of: 'outcome' | 'kind' | 'process'; values: readonly string[] }) {
  const { value } = address[of];
  // An address may ask for something that is not known here.
  const all = new Set(['', ...values, value]);
  return (
    <Select
      label={of}
      value={value}
      values={[...all]}
      textOf={(it) => it || of}
      onChoose={(it) => (address[of].value = it)}
    />
  );
}

function Count() {
  const [oldest] = allCalls();
  const all = count(callCount.value, 'call');
  const seen = shown.value.length;
  const words = seen === callCount.value ? all : `${seen.toLocaleString('en')} of ${all}`;
  // The words are one text, because another element behind a growing number would move.
  return (
    <p class={styles.count}>
      {oldest === undefined ? words : `${words}, oldest ${since(seconds.value - oldest.from)}`}
    </p>
  );
}

/** Writes whole seconds or minutes, because finer times would change all the time. */
function since(ms: number): string {
  return ms < 60_000 ? `${Math.max(1, Math.round(ms / 1000))} s` : duration(ms - (ms % 60_000));
}
