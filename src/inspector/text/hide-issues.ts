import { isObject } from '../../core/words/guards.ts';
import { BY_NAMES, type Hiding } from './hiding.ts';
import type { Secrets } from './secrets.ts';

const DEEPEST = 4;
const MOST_ISSUES = 200;
const EVENT = /payload of ("(?:[^"\\]|\\.)*")/;

/**
 * Remembers the messages of schemas that may quote what is hidden: of valibot those at a hidden path, and of arktype those that
 * show an object. The payload itself was refused, and is never seen. Never throws.
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

/** The message of a refused payload has the name of its event. A long name is cut there, and could be any. */
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

/** The paths of some schemas are lists of a class of their own, which `map` would make again. */
export function keysOf(path: unknown): readonly unknown[] {
  return Array.isArray(path)
    ? Array.from(path, (part: unknown) => (isObject(part) ? part['key'] : part))
    : [];
}
