import { causeOf } from '../../core/report.ts';
import type { AnyEvent } from '../../core/types/event.ts';
import type { DiscardReason } from '../../core/types/observer.ts';
import type { EventNode, ListenerNode } from './types.ts';

const LONGEST = 200;
const MARKS = { handled: '✓', failed: '✗', running: '…' } as const;

/** A tree as text, without ids and times. */
export function textOf(nodes: readonly EventNode[]): string {
  return nodes.flatMap(linesOfEvent).join('\n');
}

function linesOfEvent({ event, discarded, unhandled, listeners }: EventNode): string[] {
  const nobody = unhandled ? ' (unhandled)' : '';
  return [lineOf(event, discarded) + nobody, ...branches(listeners.map(linesOfListener))];
}

function linesOfListener({ listener, outcome, attempts, error, events }: ListenerNode): string[] {
  const tried = attempts > 1 ? ` (${attempts} attempts)` : '';
  const why = outcome === 'failed' ? `: ${causeOf(error)}` : '';
  return [`${MARKS[outcome]} ${listener}${tried}${why}`, ...branches(events.map(linesOfEvent))];
}

function branches(blocks: readonly (readonly string[])[]): string[] {
  return blocks.flatMap((lines, i) => {
    const [first, rest] = i === blocks.length - 1 ? ['└─ ', '   '] : ['├─ ', '│  '];
    return lines.map((line, at) => (at === 0 ? first : rest) + line);
  });
}

/** `user.created { id: '1' } (dropped: failed)` */
export function lineOf({ name, payload }: AnyEvent, discarded: DiscardReason | undefined): string {
  const shown = payload === undefined ? '' : ` ${valueText(payload)}`;
  return `${name}${shown}${discarded === undefined ? '' : ` (dropped: ${discarded})`}`;
}

/** A value on one line, cut where it is long. */
export function valueText(value: unknown): string {
  const text = show(value, 0);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const DEEPEST = 8;

function show(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (depth > DEEPEST) return '…';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : value.toISOString();
  const inner = (item: unknown) => show(item, depth + 1);
  if (Array.isArray(value)) return `[${value.map(inner).join(', ')}]`;
  if (value instanceof Set) return `Set {${[...value].map(inner).join(', ')}}`;
  if (value instanceof Map)
    return `Map {${[...value].map(([key, item]) => `${inner(key)} => ${inner(item)}`).join(', ')}}`;
  // Such as `expect.any(String)` of vitest and Jest.
  if ('toAsymmetricMatcher' in value && typeof value.toAsymmetricMatcher === 'function')
    return String(value.toAsymmetricMatcher());
  const entries = Object.entries(value).map(([key, item]) => `${key}: ${inner(item)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
