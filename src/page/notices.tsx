import { Link } from './parts/link.tsx';
import { seconds } from './state/clock.ts';
import { connection, tryNow, wasRestarted } from './state/connection.ts';
import { problem } from './state/actions.ts';
import * as styles from './notices.module.css';

/** Notices say what is wrong, and what can be done. */
export function Notices() {
  const { value } = connection;
  return (
    <div class={styles.notices}>
      {value.kind === 'noToken' && (
        <p role="alert">
          Open the address that the server printed when it started. It ends in <code>#token=…</code>
        </p>
      )}
      {value.kind === 'broken' && (
        <p>
          <span>
            {value.words} Trying again in {Math.max(0, Math.ceil((value.until - seconds.value) / 1000))} s.
          </span>
          <Link onClick={() => tryNow()}>Try now</Link>
        </p>
      )}
      {wasRestarted.value && (
        <p>
          The server was started again. What it knew is gone.
          <Link onClick={() => (wasRestarted.value = false)}>Close</Link>
        </p>
      )}
      {problem.value !== undefined && (
        <p role="alert">
          {problem.value}
          <Link onClick={() => (problem.value = undefined)}>Close</Link>
        </p>
      )}
    </div>
  );
}
