import type { Signal } from '../signals.ts';
import { visible } from '../../story/format.ts';
import type { Issue } from '../state/api.ts';
import * as styles from './publish.module.css';

/** A problem, and the field that has it. */
export interface Problem {
  readonly at: 'event' | 'payload' | 'meta' | 'all';
  readonly words: string;
  readonly issues?: readonly Issue[] | undefined;
}

interface FieldProps {
  readonly name: Problem['at'];
  readonly label: string;
  readonly text: Signal<string>;
  /** The number of lines. Without it, the field has one line. */
  readonly rows?: number;
  readonly problem: Problem | undefined;
  readonly placeholder?: string;
  readonly list?: string;
}

/** A text to write, with its problem below it. */
export function Field({ name, label, text, problem, rows, ...rest }: FieldProps) {
  const id = `publish-${name}`;
  const shared = {
    id,
    class: 'field mono',
    spellcheck: false,
    'aria-describedby': `${id}-problem`,
    'aria-invalid': problem?.at === name,
    value: text.value,
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) => (text.value = currentTarget.value),
  };
  return (
    <div class={styles.field}>
      <label for={id}>{label}</label>
      {rows === undefined ? (
        <input type="text" {...shared} {...rest} />
      ) : (
        <textarea rows={rows} {...shared} {...rest} />
      )}
      <Said at={name} problem={problem} />
    </div>
  );
}

/** The problem of a field, beside it. */
export function Said({ at, problem }: { at: Problem['at']; problem: Problem | undefined }) {
  const { words, issues = [] } = problem?.at === at ? problem : {};
  return (
    <div id={`publish-${at}-problem`} class="tone-red" role="status">
      {words && <p>{visible(words)}</p>}
      <ul>
        {issues.map(({ path, message }, i) => (
          <li key={i}>
            {path.length > 0 && <code>{visible(path.join('.'))}</code>} {visible(message)}
          </li>
        ))}
      </ul>
    </div>
  );
}
