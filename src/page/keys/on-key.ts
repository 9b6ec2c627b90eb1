/** The actions of keys, by the names of the keys. An action that returns false leaves the key to the element around. */
type Actions = Readonly<Record<string, (() => unknown) | undefined>>;

const ARROWS: Readonly<Record<string, string>> = {
  j: 'ArrowDown',
  k: 'ArrowUp',
  l: 'ArrowRight',
  h: 'ArrowLeft',
};

/** Returns true for a key with Ctrl, Alt or Meta, which belongs to the browser. */
export function hasModifier({ ctrlKey, altKey, metaKey }: KeyboardEvent): boolean {
  return ctrlKey || altKey || metaKey;
}

/** Returns what a key does. Some letters stand for the arrows. */
export function actionOf(key: string, actions: Actions): Actions[string] {
  return actions[ARROWS[key] ?? key];
}

/** Runs the action of a key, if it has one. */
export function onKey(event: KeyboardEvent, actions: Actions): void {
  const action = hasModifier(event) ? undefined : actionOf(event.key, actions);
  if (action === undefined || action() === false) return;
  event.preventDefault();
  event.stopPropagation();
}

/** Returns the keys that go from row to row. `at` is -1 if no row is current, and `page` is the number of rows on a page. */
export function steps(at: number, count: number, go: (to: number) => void, page = 10): Actions {
  const to = (place: number) => () => count > 0 && go(Math.min(Math.max(place, 0), count - 1));
  return {
    ArrowDown: to(at + 1),
    ArrowUp: to(at - 1),
    PageDown: to(at + page),
    PageUp: to(at - page),
    Home: to(0),
    End: to(count - 1),
  };
}

interface TreeKeys {
  readonly rows: readonly { readonly depth: number; readonly isOpen?: boolean | undefined }[];
  readonly at: number;
  readonly go: (to: number) => void;
  readonly toggle: (at: number) => void;
}

/** Returns the keys of a tree, which also open or close a row, or lead to its parent. */
export function treeKeys({ rows, at, go, toggle }: TreeKeys): Actions {
  return {
    ...steps(at, rows.length, go),
    ArrowRight: () => rows[at]!.isOpen === false && toggle(at),
    ArrowLeft() {
      const { isOpen, depth } = rows[at]!;
      const around = rows.slice(0, at).findLastIndex((row) => row.depth < depth);
      if (isOpen) toggle(at);
      else if (around >= 0) go(around);
      else return false;
    },
  };
}

/** Returns the id of a row in the document. It is encoded, because `of` may be any text. */
export function rowId(kind: string, of: string): string {
  return `${kind}-${encodeURIComponent(of)}`;
}

/** Scrolls to a row, if it is not in view. */
export function reveal(id: string): void {
  document.getElementById(id)?.scrollIntoView({ block: 'nearest' });
}
