import { now } from '../story/clock.ts';
import type { ActionId } from './cards.ts';

/** A press of a button, as the browser saw it. */
export interface Press {
  readonly action: ActionId;
  readonly click: string;
  /** When the button was pressed, in ms since 1970, by this browser's clock. */
  readonly at: number;
  /** `refused` means that the server answered with an error, and `broken` that it did not answer. */
  readonly state: 'waiting' | 'answered' | 'done' | 'refused' | 'broken';
  /** How long the answer took, in ms. */
  readonly ms?: number;
  readonly says?: string;
  readonly progress?: { readonly done: number; readonly of: number };
}

/** The presses of this page, and what it has learned from the server. */
export interface Presses {
  /** The last presses, newest first. */
  readonly list: readonly Press[];
  /** The click whose story is shown. */
  readonly shown: string;
  /** The number of entries that the server has sent. It changes when a story does. */
  readonly told: number;
  /** How far this browser's clock is ahead of the server's, at most, in ms. */
  readonly ahead: number;
}

export type Change =
  | { readonly kind: 'pressed'; readonly action: ActionId; readonly click: string }
  | { readonly kind: 'answered'; readonly click: string; readonly ms: number; readonly says: string }
  | { readonly kind: 'progress'; readonly click: string; readonly done: number; readonly of: number }
  | { readonly kind: 'done'; readonly click: string; readonly ms: number; readonly says: string }
  | {
      readonly kind: 'refused' | 'broken';
      readonly click: string;
      readonly ms: number;
      readonly says: string;
    }
  | { readonly kind: 'shown'; readonly click: string }
  | { readonly kind: 'told'; readonly at: number };

export const NO_PRESSES: Presses = { list: [], shown: '', told: 0, ahead: Infinity };

/** How many presses the page keeps. */
export const KEPT = 8;

export function change(presses: Presses, it: Change): Presses {
  switch (it.kind) {
    case 'pressed': {
      const { action, click } = it;
      const press: Press = { action, click, at: now(), state: 'waiting' };
      return { ...presses, list: [press, ...presses.list].slice(0, KEPT), shown: click };
    }
    case 'shown':
      return { ...presses, shown: it.click };
    case 'told':
      return { ...presses, told: presses.told + 1, ahead: Math.min(presses.ahead, now() - it.at) };
    default:
      return {
        ...presses,
        list: presses.list.map((press) => (press.click === it.click ? changePress(press, it) : press)),
      };
  }
}

function changePress(press: Press, it: Exclude<Change, { kind: 'pressed' | 'shown' | 'told' }>): Press {
  if (it.kind === 'progress') return { ...press, progress: { done: it.done, of: it.of } };
  if (it.kind === 'answered' && press.state !== 'waiting') return press;
  return { ...press, state: it.kind, ms: press.ms ?? it.ms, says: it.says };
}
