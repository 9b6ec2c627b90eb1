import type { ButtonHTMLAttributes } from 'preact';
import { shortId, visible } from '../../story/format.ts';
import { useSignal } from '../live.ts';
import * as styles from './copy.module.css';

type Props = Partial<ButtonHTMLAttributes> & {
  readonly label: string;
  readonly done?: string;
  /** Makes the text. Without it there is nothing to copy yet. */
  readonly text: (() => string) | undefined;
};

/** A button that copies a text, and says so. */
export function Copy({ text, label, done = 'Copied', ...rest }: Props) {
  const isDone = useSignal(false);
  const copy = async () => {
    isDone.value = await copyText(text!());
    setTimeout(() => (isDone.value = false), 1500);
  };
  return (
    <button class="button" disabled={text === undefined} onClick={copy} {...rest}>
      {isDone.value ? done : label}
    </button>
  );
}

/** An id, shortened in the middle. A click copies it. */
export function CopyId({ id }: { id: string }) {
  return (
    <Copy
      class={`mono ${styles.id}`}
      text={() => id}
      title={`Copy ${visible(id)}`}
      label={shortId(id)}
      done="copied"
    />
  );
}

/** Copies a text. Returns false if the browser forbids it, such as on a page that is on neither localhost nor https. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
