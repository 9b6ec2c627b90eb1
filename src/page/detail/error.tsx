import { visible } from '../../story/format.ts';
import type { ErrorText } from '../../story/index.ts';
import { count } from '../parts/count.ts';
import * as styles from './error.module.css';

/** An error: its message, the frames of the application, and what caused it. */
export function ErrorView({ error }: { error: ErrorText }) {
  const { name, code, message, stack = '', cause } = error;
  const frames = stack
    .split('\n')
    .map((line) => visible(line.trim()))
    .filter(isFrame);
  const others = frames.filter(isOther);
  const own = frames.filter((line) => !isOther(line));
  return (
    <div class={styles.error}>
      <p class={styles.name}>
        <strong>{visible(name)}</strong>
        {code !== undefined && <code>{visible(code)}</code>}
      </p>
      {message !== '' && <p class={`mono ${styles.message}`}>{visible(message)}</p>}
      {own.length > 0 && <pre>{own.join('\n')}</pre>}
      {others.length > 0 && (
        <details>
          <summary>{count(others.length, 'frame')} of packages and Node</summary>
          <pre>{others.join('\n')}</pre>
        </details>
      )}
      {cause && (
        <>
          <p class="soft">Caused by</p>
          <ErrorView error={cause} />
        </>
      )}
    </div>
  );
}

const isFrame = (line: string) => line.startsWith('at ');

/** Frames of packages come last, because they seldom say what went wrong. */
const isOther = (line: string) => /node_modules|\(?node:|<anonymous>/.test(line);
