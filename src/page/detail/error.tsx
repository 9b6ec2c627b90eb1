import { visible } from '../../story/format.ts';
import type { ErrorText } from '../../story/index.ts';
import * as styles from './error.module.css';

/** An error: its message, the frames of the application, and what caused it. */
export function ErrorView({ error }: { error: ErrorText }) {
  const { own, others } = framesOf(error.stack);
  return (
    <div class={styles.error}>
      <p class={styles.message}>
        <strong>{visible(error.name)}</strong>
        {error.code !== undefined && <code>{visible(error.code)}</code>}
      </p>
      {error.message !== '' && <p class={styles.text}>{visible(error.message)}</p>}
      {own.length > 0 && <pre>{visibleLines(own)}</pre>}
      {others.length > 0 && (
        <details>
          <summary>
            {others.length === 1 ? '1 frame' : `${others.length} frames`} of packages and Node
          </summary>
          <pre>{visibleLines(others)}</pre>
        </details>
      )}
      {error.cause && (
        <>
          <p class="soft">Caused by</p>
          <ErrorView error={error.cause} />
        </>
      )}
    </div>
  );
}

const visibleLines = (lines: readonly string[]) => lines.map(visible).join('\n');

/** The frames of the application come first: those of packages seldom say what went wrong. */
function framesOf(stack = ''): { own: string[]; others: string[] } {
  const frames = stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at ') || /^\S*@\S+:\d+/.test(line));
  const isOther = (line: string) => /node_modules|\(?node:|<anonymous>/.test(line);
  return { own: frames.filter((line) => !isOther(line)), others: frames.filter(isOther) };
}
