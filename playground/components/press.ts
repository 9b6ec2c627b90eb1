import type { Entry } from '../story/entry.ts';
import { now } from '../story/clock.ts';
import type { ActionId } from './cards.ts';

/** The last press of a button, as the browser saw it, and what the server told of it. */
export interface Press {
  readonly action: ActionId;
  readonly click: string;
  /** When it was pressed. */
  readonly at: number;
  /** `refused`: the server answered that it would not. `broken`: there was no answer. */
  readonly state: 'waiting' | 'answered' | 'done' | 'refused' | 'broken';
  /** How long the answer took. */
  readonly ms?: number;
  readonly says?: string;
  readonly progress?: { readonly done: number; readonly of: number };
  readonly entries: readonly Entry[];
  /** How far this browser's clock is ahead of the server's, at most. */
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
  | { readonly kind: 'told'; readonly entry: Entry };

export function change(press: Press | undefined, it: Change): Press | undefined {
  if (it.kind === 'pressed')
    return { action: it.action, click: it.click, at: now(), state: 'waiting', entries: [], ahead: Infinity };
  const click = it.kind === 'told' ? it.entry.click : it.click;
  if (press === undefined || press.click !== click) return press; // of an earlier press
  switch (it.kind) {
    case 'told': {
      const ahead = Math.min(press.ahead, now() - it.entry.at);
      return { ...press, ahead, entries: [...press.entries, it.entry] };
    }
    case 'progress':
      return { ...press, progress: { done: it.done, of: it.of } };
    default:
      if (it.kind === 'answered' && press.state !== 'waiting') return press;
      return { ...press, state: it.kind, ms: press.ms ?? it.ms, says: it.says };
  }
}
