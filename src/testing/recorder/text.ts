import type { AnyEvent } from '../../core/types/event.ts';
import type { DiscardReason } from '../../core/types/observer.ts';
import { causeOf } from '../../core/words/quote.ts';
import { valueText } from '../show.ts';
import type { EventNode, ListenerNode } from './types.ts';

const MARKS = { handled: '✓', failed: '✗', running: '…' } as const;

/** Returns a tree as text, with payloads and errors if `hasValues`; without ids and times of events. */
export function textOf(nodes: readonly EventNode[], hasValues: boolean): string {
  return nodes.flatMap(linesOfEvent).join('\n');

  function linesOfEvent({ event, discarded, unhandled, listeners }: EventNode): string[] {
    const nobody = unhandled ? ' (unhandled)' : '';
    const line = lineOf(hasValues ? event : { name: event.name, payload: undefined }, discarded);
    return [line + nobody, ...branches(listeners.map(linesOfListener))];
  }

  function linesOfListener({ listener, outcome, attempts, error, events }: ListenerNode): string[] {
    const tried = attempts > 1 ? ` (${attempts} attempts)` : '';
    const why = hasValues && outcome === 'failed' ? `: ${causeOf(error)}` : '';
    return [`${MARKS[outcome]} ${listener}${tried}${why}`, ...branches(events.map(linesOfEvent))];
  }
}

function branches(blocks: readonly (readonly string[])[]): string[] {
  return blocks.flatMap((lines, i) => {
    const [first, rest] = i === blocks.length - 1 ? ['└─ ', '   '] : ['├─ ', '│  '];
    return lines.map((line, at) => (at === 0 ? first : rest) + line);
  });
}

/** Returns a line such as `user.created { id: '1' } (dropped: failed)`. */
export function lineOf(
  { name, payload }: Pick<AnyEvent, 'name' | 'payload'>,
  discarded: DiscardReason | undefined,
): string {
  const shown = payload === undefined ? '' : ` ${valueText(payload)}`;
  return `${name}${shown}${discarded === undefined ? '' : ` (dropped: ${discarded})`}`;
}
