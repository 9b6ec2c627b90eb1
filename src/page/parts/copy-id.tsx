import { useSignal } from '@preact/signals';
import { shortId, visible } from '../../story/format.ts';
import { copy } from './copy.ts';
import * as styles from './copy-id.module.css';

/** An id, shortened in the middle. A click copies it. */
export function CopyId({ id }: { id: string }) {
  const isCopied = useSignal(false);
  return (
    <button
      type="button"
      class={styles.id}
      title={`Copy ${visible(id)}`}
      onClick={async () => {
        isCopied.value = await copy(id);
        setTimeout(() => (isCopied.value = false), 1500);
      }}
    >
      {isCopied.value ? 'copied' : shortId(id)}
    </button>
  );
}
