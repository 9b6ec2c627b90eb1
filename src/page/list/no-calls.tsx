import { callCount } from '../state/calls.ts';
import { clearFilter, filterWords, hasQuiet } from '../state/filter.ts';
import * as styles from './calls-list.module.css';

/** Says why the list is empty, and what to do. */
export function NoCalls() {
  const count = callCount.value;
  if (count === 0) {
    return (
      <div class={styles.none}>
        <p>No call has come through this bus yet.</p>
        <p class="soft">A procedure has events when it uses the middleware of the bus:</p>
        <pre>t.procedure.use(bus.middleware())</pre>
      </div>
    );
  }
  const calls = count.toLocaleString('en');
  if (filterWords.value === '') {
    return (
      <div class={styles.none}>
        <p>
          {count === 1 ? 'The one call' : `None of ${calls} calls`} dispatched {count === 1 ? 'no' : 'an'}{' '}
          event.
        </p>
        <button type="button" class="button" onClick={() => (hasQuiet.value = true)}>
          Show calls without events
        </button>
      </div>
    );
  }
  return (
    <div class={styles.none}>
      <p>
        None of {calls} calls matches <span class="mono">{filterWords.value}</span>.
      </p>
      <button type="button" class="button" onClick={clearFilter}>
        Clear the filter
      </button>
    </div>
  );
}
