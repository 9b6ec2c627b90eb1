import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { isTableOpen } from './key-table-state.ts';
import * as styles from './key-table.module.css';

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['↑', '↓', 'k', 'j'], 'the row before, the next one, in the pane that has the focus'],
  [['→', '←', 'l', 'h'], 'open, close; into the next pane, back'],
  [['Enter'], 'choose; on an id, copy it'],
  [['Home', 'End', 'Page ↑', 'Page ↓'], 'the first row, the last one, a page up or down'],
  [['/'], 'filter; Escape leaves it, again clears it'],
  [['g c', 'g w', 'g p'], 'Calls, Wiring, Publish'],
  [['f', 'F'], 'the next call that failed, the one before'],
  [['r'], 'redeliver what is chosen (asks once)'],
  [['c'], 'copy as JSON'],
  [['p'], 'pin the call, or let go of it'],
  [['space'], 'pause, go on'],
  [['?'], 'this table'],
];

/** The table of all keys. The browser gives the focus back to where it came from. */
export function KeyTable() {
  const dialog = useRef<HTMLDialogElement>(null);
  useSignalEffect(() => {
    if (isTableOpen.value) dialog.current?.showModal();
    else dialog.current?.close();
  });
  return (
    <dialog
      ref={dialog}
      class={styles.dialog}
      aria-labelledby="keys"
      onClose={() => (isTableOpen.value = false)}
    >
      <h2 id="keys">Keys</h2>
      <table>
        <tbody>
          {KEYS.map(([keys, does]) => (
            <tr key={does}>
              <th scope="row">
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </th>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <button type="button" class="button" onClick={() => (isTableOpen.value = false)}>
        Close
      </button>
    </dialog>
  );
}
