import { isObject } from '../../core/words/guards.ts';
import { BY_NAMES, type Hiding } from './hiding.ts';
import type { Secrets } from './secrets.ts';

const DEEPEST = 4;
const MOST_ISSUES = 200;
const EVENT = /payload of ("(?:[^"\\]|\\.)*")/;

/**
 * Remembers what the messages of schemas may quote of hidden values: from valibot the messages at a hidden path, and from
 * arktype the objects in messages. The payload itself was refused, and is never seen. Never throws.
 */
export function hideIssues(
  thrown: unknown,
  secrets: Secrets,
  hidingOf: (event: string) => Hiding | 'all',
): void {
  try {
    let error = thrown;
    for (let i = 0; i < DEEPEST && isObject(error); i++) {
      if (Array.isArray(error['issues']))
        hideAll(error['issues'], secrets, hidingIn(error['message'], hidingOf));
      error = error['cause'];
    }
  } catch {
    secrets.fill();
  }
}

/** Finds what to hide by the event's name in the message of a refused payload. A name that was cut there could be any. */
function hidingIn(message: unknown, hidingOf: (event: string) => Hiding | 'all'): Hiding | 'all' {
  const name = EVENT.exec(String(message))?.[1];
  if (name === undefined) return BY_NAMES;
  return name.endsWith('…"') ? 'all' : hidingOf(JSON.parse(name) as string);
}

function hideAll(issues: readonly unknown[], secrets: Secrets, hiding: Hiding | 'all'): void {
  if (issues.length > MOST_ISSUES) secrets.fill();
  for (const issue of issues.slice(0, MOST_ISSUES)) {
    if (!isObject(issue)) continue;
    const message = String(issue['message']);
    if (isHidden(issue['path'], hiding)) secrets.addText(message);
    else for (const [object] of message.matchAll(/[{[].*[}\]]/gs)) secrets.addText(object);
  }
}

function isHidden(path: unknown, hiding: Hiding | 'all'): boolean {
  let part = hiding;
  for (const key of keysOf(path)) {
    if (part === 'all') return true;
    part = part.under(String(key), typeof key === 'string');
  }
  return part === 'all';
}

/** Returns the keys of an issue's path. Some schemas have lists of a class of their own, and `map` would make another one. */
export function keysOf(path: unknown): readonly unknown[] {
  return Array.isArray(path)
    ? Array.from(path, (part: unknown) => (isObject(part) ? part['key'] : part))
    : [];
}
