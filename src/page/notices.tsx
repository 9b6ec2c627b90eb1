import { useComputed } from '@preact/signals';
import { seconds } from './state/clock.ts';
import { connection, tryNow, wasRestarted } from './state/connection.ts';
import { problem } from './state/problem.ts';
import * as styles from './notices.module.css';

/** Notices say what is wrong, and what can be done. */
export function Notices() {
  const { value } = connection;
  return (
    <div class={styles.notices}>
      {value.kind === 'noToken' && (
        <p role="alert">
          Open the address that the server printed when it started. It ends in{' '}
          <span class="mono">#token=…</span>
        </p>
      )}
      {value.kind === 'broken' && <Broken words={value.words} until={value.until} />}
      {wasRestarted.value && (
        <p>
          The server was started again. What it knew is gone.
          <Close onClick={() => (wasRestarted.value = false)} />
        </p>
      )}
      {problem.value !== undefined && (
        <p role="alert">
          {problem.value}
          <Close onClick={() => (problem.value = undefined)} />
        </p>
      )}
    </div>
  );
}

function Broken({ words, until }: { words: string; until: number }) {
  const left = useComputed(() => Math.max(0, Math.ceil((until - seconds.value) / 1000)));
  return (
    <p>
      <span>
        {words} Trying again in {left} s.
      </span>
      <button type="button" class="link" onClick={tryNow}>
        Try now
      </button>
    </p>
  );
}

function Close({ onClick }: { onClick: () => void }) {
  return (
    <button type="button" class="link" onClick={onClick}>
      Close
    </button>
  );
}
