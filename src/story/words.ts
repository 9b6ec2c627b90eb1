import type { End, ErrorText } from './entry.ts';
import { cut, duration, visible } from './format.ts';
import type { Attempt, Call, Happening, Run } from './model.ts';
import { isCall } from './tree.ts';

/** The states and outcomes that can be shown, each with a sign, a tone and a word. */
export type MarkName =
  | 'event'
  | 'succeeded'
  | 'running'
  | 'waiting'
  | 'retrying'
  | 'failed'
  | 'dropped'
  | 'unhandled'
  | 'sent'
  | 'arrived'
  | 'refused'
  | 'lost'
  | 'late';

export interface Mark {
  readonly sign: string;
  readonly tone: 'ink' | 'green' | 'blue' | 'amber' | 'red' | 'grey';
}

/** The tones of the marks. The page uses them without the signs, because it draws its own. */
export const TONES: Readonly<Record<MarkName, Mark['tone']>> = {
  event: 'ink',
  succeeded: 'green',
  running: 'blue',
  waiting: 'amber',
  retrying: 'amber',
  failed: 'red',
  dropped: 'grey',
  unhandled: 'amber',
  sent: 'ink',
  arrived: 'ink',
  refused: 'red',
  lost: 'grey',
  late: 'ink',
};

const SIGNS: Readonly<Record<MarkName, string>> = {
  event: '◇',
  succeeded: '✓',
  running: '◔',
  waiting: '◷',
  retrying: '✗',
  failed: '✗',
  dropped: '⊘',
  unhandled: '◌',
  sent: '→',
  arrived: '↘',
  refused: '⊖',
  lost: '╳',
  late: '◇',
};

/** The signs of the marks. `retrying` is `failed` in a ring, and `lost` is a bar with a torn end. */
export const MARKS: Readonly<Record<MarkName, Mark>> = /* @__PURE__ */ marksOf(SIGNS);

/** Adds tones to signs. Its call is marked as pure, so that bundlers drop it if nobody uses the signs, as in the page. */
function marksOf(signs: typeof SIGNS): Record<MarkName, Mark> {
  const marks = Object.entries(signs).map(([name, sign]) => [name, { sign, tone: TONES[name as MarkName] }]);
  return Object.fromEntries(marks) as Record<MarkName, Mark>;
}

/** The mark, the name and the words of a row, a bar or an attempt. */
export interface Described {
  readonly mark: MarkName;
  readonly name: string;
  readonly words: string;
}

const LONGEST_ERROR = 200;

/**
 * Says in a line what was thrown: the code, such as `ETIMEDOUT`, else the message, else the name. Errors of this package
 * have messages that say more than their codes.
 */
export function shortError(error: ErrorText | undefined): string {
  const { code, message, name } = error ?? {};
  const text = (name !== 'EventsError' && code) || message || code || name || 'an error without a message';
  return visible(cut(text.split(/\r?\n/)[0]!, LONGEST_ERROR));
}

/** Says why a message was refused. */
export function whyRefused({ message, name }: ErrorText, event: string): string {
  const why = message.replace(/^An? (?:envelope|message) is refused: /, '').replace(/\.$/, '');
  if (/^(?:the )?payload of .* is not what its schema asks for/.test(why) && event !== '')
    return `the payload doesn't fit ${visible(event)}`;
  return visible(cut(why || name, LONGEST_ERROR));
}

/** Says why an event was dropped: `the call failed with CONFLICT`. */
export function whyDropped({ dropped, by }: Happening): string {
  const what = !isCall(by) ? 'listener' : by.kind === 'scope' ? 'scope' : 'call';
  const thrown = by.end?.error === undefined ? '' : ` with ${shortError(by.end.error)}`;
  switch (dropped?.reason) {
    case 'failed':
      return `the ${what} failed${thrown}`;
    case 'enclosing-failed':
      return 'the call around it failed';
    case 'attempt-failed':
      return `its listener failed${thrown}`;
    case 'succeeded':
      return `the ${what} succeeded`;
    default:
      return 'the bus is disabled';
  }
}

/** Returns how a listener failed for good, unless an attempt began since then: a queue may deliver a message again. */
export function gaveUpOf({ gaveUp, attempts }: Run): Run['gaveUp'] {
  const last = attempts.at(-1);
  return gaveUp !== undefined && last !== undefined && last.from > gaveUp.at ? undefined : gaveUp;
}

const GAVE_UP: Readonly<Record<string, string>> = {
  budget: 'no time left for another attempt',
  aborted: 'the delivery was aborted',
  closed: 'the bus was closed',
  removed: 'the listener was removed',
};

/** Says how a listener failed for good: `gave up after 5 attempts: ETIMEDOUT`. */
export function whyGaveUp({ reason, attempts, error }: NonNullable<Run['gaveUp']>): string {
  const why = Object.hasOwn(GAVE_UP, reason) ? GAVE_UP[reason] : undefined;
  if (why !== undefined) return `gave up: ${why}`;
  const thrown = shortError(error);
  if (reason === 'not-retriable') return `gave up, since it is not to be tried again: ${thrown}`;
  return attempts > 1 ? `gave up after ${attempts} attempts: ${thrown}` : `failed: ${thrown}`;
}

export const LOST = 'lost: the process ended';

/** Returns how a call or an attempt ended, or that it runs. */
export function markOf({
  to,
  end,
  lost,
}: Pick<Call | Attempt, 'to' | 'end' | 'lost'>): 'running' | 'lost' | 'failed' | 'succeeded' {
  if (to === undefined) return lost === undefined ? 'running' : 'lost';
  return end?.ok === false ? 'failed' : 'succeeded';
}

/** Says how a call or an attempt went, or that it runs. */
export function describeCourse(
  it: Pick<Call | Attempt, 'from' | 'to' | 'end' | 'lost'>,
  now: number,
  verb = 'running',
) {
  const mark = markOf(it);
  const running = `${verb}, ${duration(now - it.from)}`;
  const words = { lost: LOST, running, failed: failedWith(it.end), succeeded: mark as string }[mark];
  return { mark, words };
}

export function failedWith(end: End | undefined): string {
  return `failed: ${shortError(end?.error)}`;
}

/** Returns the mark of a report. A broker that answers again is reported, too, and that is no failure. */
export function markOfReport({ code }: ErrorText): MarkName {
  return code === 'RECEIVE_RESUMED' ? 'succeeded' : 'failed';
}

/** Returns how late an event was dispatched after the end of its call or listener, in ms, or `undefined` if it wasn't late. */
export function lateBy({ by, at, isDispatched }: Happening): number | undefined {
  return isDispatched && by.to !== undefined && at > by.to ? at - by.to : undefined;
}
