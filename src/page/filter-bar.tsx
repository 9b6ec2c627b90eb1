import { useRef } from 'preact/hooks';
import { duration } from '../story/index.ts';
import { address } from './state/address.ts';
import { allCalls, callCount, revision } from './state/calls.ts';
import { seconds } from './state/clock.ts';
import { status } from './state/connection.ts';
import { filterError, hasQuiet, KINDS, OUTCOMES } from './state/filter.ts';
import { shown } from './state/shown.ts';
import { focusPane } from './keys/panes.ts';
import { count } from './parts/count.ts';
import * as styles from './filter-bar.module.css';

/** Narrows the list: words, and lists of what else there is to ask for. */
export function FilterBar() {
  const { value: known } = status;
  const processes = [known?.process, ...(known?.processes ?? []).map(({ name }) => name)];
  return (
    <form class={styles.bar} role="search" onSubmit={(event) => event.preventDefault()}>
      <Field />
      <Choice of="outcome" any="outcome" values={OUTCOMES} />
      <Choice of="kind" any="kind" values={KINDS} />
      <Choice of="process" any="process" values={processes.filter((name) => name !== undefined)} />
      <label class={styles.quiet}>
        <input
          type="checkbox"
          checked={hasQuiet.value}
          onChange={({ currentTarget }) => (hasQuiet.value = currentTarget.checked)}
        />
        calls without events
      </label>
      <Count />
    </form>
  );
}

function Field() {
  const input = useRef<HTMLInputElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      input.current?.blur();
      focusPane('list');
    }
  };
  return (
    <div class={styles.field}>
      <input
        ref={input}
        id="filter"
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
        onKeyDown={onKeyDown}
      />
      <p id="filter-error" class={styles.error}>
        {filterError.value}
      </p>
    </div>
  );
}

function Choice({
  of,
  any,
  values,
}: {
  of: 'outcome' | 'kind' | 'process';
  any: string;
  values: readonly string[];
}) {
  const chosen = address[of];
  const all = chosen.value === '' || values.includes(chosen.value) ? values : [...values, chosen.value];
  return (
    <select
      class={styles.choice}
      aria-label={of}
      value={chosen.value}
      onChange={({ currentTarget }) => (chosen.value = currentTarget.value)}
    >
      <option value="">{any}</option>
      {all.map((value) => (
        <option key={value} value={value}>
          {value}
        </option>
      ))}
    </select>
  );
}

function Count() {
  void revision.value;
  const [oldest] = allCalls();
  const all = callCount.value;
  const seen = shown.value.length;
  const words = seen === all ? count(all, 'call') : `${seen.toLocaleString('en')} of ${count(all, 'call')}`;
  // One text alone: what stands behind a number that grows would move.
  return (
    <p class={styles.count}>
      {oldest === undefined ? words : `${words}, oldest ${since(seconds.value - oldest.from)}`}
    </p>
  );
}

function since(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds} s` : duration(Math.floor(seconds / 60) * 60_000);
}
