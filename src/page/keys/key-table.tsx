import { createRef } from 'preact';
import * as styles from './key-table.module.css';

const KEYS: Readonly<Record<string, readonly string[]>> = {
  'the row before, the next one, in the pane that has the focus': ['↑', '↓', 'k', 'j'],
  'open, close; into the next pane, back': ['→', '←', 'l', 'h'],
  'choose; on an id, copy it': ['Enter'],
  'the first row, the last one, a page up or down': ['Home', 'End', 'Page ↑', 'Page ↓'],
  'filter; Escape leaves it, again clears it': ['/'],
  'Calls, Wiring, Publish': ['g c', 'g w', 'g p'],
  'the next call that failed, the one before': ['f', 'F'],
  'redeliver what is chosen (asks once)': ['r'],
  'copy as JSON': ['c'],
  'pin the call, or let go of it': ['p'],
  'pause, go on': ['space'],
  'this table': ['?'],
};

const dialog = createRef<HTMLDialogElement>();

/** Shows the table of keys. The browser closes it on Escape, and returns the focus to where it came from. */
export function showKeys(): void {
  dialog.current?.showModal();
}

/** The table of all keys. */
export function KeyTable() {
  return (
    <dialog ref={dialog} class={styles.dialog} aria-label="Keys">
      <h2>Keys</h2>
      <table>
        {Object.entries(KEYS).map(([does, keys]) => (
          <tr key={does}>
            <th scope="row">
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </th>
            <td>{does}</td>
          </tr>
        ))}
      </table>
      <button class="button" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  );
}
