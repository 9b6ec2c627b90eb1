import { callCount } from '../state/calls.ts';
import { clearFilter, filter, hasQuiet } from '../state/filter.ts';

/** Says why the list is empty, and what to do. */
export function NoCalls() {
  const { value: all } = callCount;
  if (all === 0)
    return (
      <div class="note">
        <p>No call has come through this bus yet.</p>
        <p>A procedure has events when it uses the middleware of the bus:</p>
        <pre>t.procedure.use(bus.middleware())</pre>
      </div>
    );
  const calls = all.toLocaleString('en');
  if (filter.value.words === '')
    return (
      <div class="note">
        <p>
          {all === 1 ? 'The one call dispatched no event.' : `None of ${calls} calls dispatched an event.`}
        </p>
        <button class="button" onClick={() => (hasQuiet.value = true)}>
          Show calls without events
        </button>
      </div>
    );
  return (
    <div class="note">
      <p>
        None of {calls} calls matches <code>{filter.value.words}</code>.
      </p>
      <button class="button" onClick={clearFilter}>
        Clear the filter
      </button>
    </div>
  );
}
