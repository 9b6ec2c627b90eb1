import { isObject } from '../../core/words/guards.ts';
import { causeOf } from '../../core/words/quote.ts';
import type { ErrorText } from '../../story/entry.ts';
import { shorten } from './own.ts';
import type { Secrets } from './secrets.ts';

const LONGEST = { name: 100, code: 100, message: 2000, stack: 4000 };
const DEEPEST = 3;

/** Writes something that was thrown as text, without messages and stacks unless `hasText`. Never throws. */
export function writeError(thrown: unknown, secrets: Secrets, hasText: boolean, depth = 1): ErrorText {
  const text = (key: 'name' | 'code' | 'message' | 'stack'): string | undefined => {
    const value = read(thrown, key);
    if (typeof value !== 'string' && !(key === 'code' && typeof value === 'number')) return undefined;
    return shorten(secrets.scrub(String(value)), LONGEST[key]);
  };
  const name = text('name') ?? (isObject(thrown) ? 'Error' : typeof thrown);
  const code = text('code');
  const known = { name, ...(code !== undefined && { code }) };
  if (!hasText) return { ...known, message: '' };
  const message = text('message') ?? shorten(secrets.scrub(causeOf(thrown)), LONGEST.message);
  const stack = text('stack');
  const cause = depth < DEEPEST ? read(thrown, 'cause') : undefined;
  return {
    ...known,
    message,
    ...(stack !== undefined && { stack }),
    ...(cause !== undefined && cause !== null && { cause: writeError(cause, secrets, true, depth + 1) }),
  };
}

function read(thrown: unknown, key: string): unknown {
  try {
    return isObject(thrown) ? thrown[key] : undefined;
  } catch {
    return undefined;
  }
}
