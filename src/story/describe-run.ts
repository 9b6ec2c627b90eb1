import { duration, visible } from './format.ts';
import type { Attempt, Happening, Run } from './model.ts';
import { describeCourse, gaveUpOf, whyGaveUp, type Described } from './words.ts';

/** Says how a listener or a forwarder is doing with an event. */
export function describeRun(run: Run, now: number): Described {
  const name = visible(run.listener);
  const gaveUp = gaveUpOf(run);
  if (gaveUp !== undefined) return { mark: 'failed', name, words: whyGaveUp(gaveUp) };
  const last = run.attempts.at(-1);
  const { to, end, delay, number = 0, of } = last ?? {};
  if (last !== undefined && (end?.ok !== false || delay === undefined)) {
    const { mark, words } = describeAttempt(last, now);
    // Earlier attempts are only drawn, so a screen reader would not hear of them.
    return { mark, name, words: number > 1 && end?.ok ? `${words}, attempt ${number} of ${of}` : words };
  }
  // Without an attempt this is NaN, and the listener waits its turn.
  const left = to! + delay! - now;
  const words = left > 0 ? `attempt ${number + 1} of ${of} in ${duration(left)}` : 'waits its turn';
  return { mark: 'waiting', name, words };
}

/** Says how one attempt went, for a list of attempts. */
export function describeAttempt(attempt: Attempt, now: number): Described {
  const { number, of, delay, run } = attempt;
  const which = `attempt ${number} of ${of}`;
  const name = of === 1 ? visible(run.listener) : which;
  const { mark, words } = describeCourse(attempt, now, run.kind === 'forwarder' ? 'sending' : 'running');
  if (mark === 'succeeded') return { ...succeeded(run), name };
  // A failed attempt is retried if another one has begun or was announced.
  const isRetried = mark === 'failed' && (delay !== undefined || run.attempts.at(-1) !== attempt);
  const isAgain = mark === 'running' && number > 1;
  return { mark: isRetried ? 'retrying' : mark, name, words: isAgain ? `${which}, ${words}` : words };
}

function succeeded({ kind, event, listener, process }: Run): Omit<Described, 'name'> {
  if (kind !== 'forwarder') return { mark: 'succeeded', words: 'handled' };
  const [send] = sendsOf(event, listener, process);
  return { mark: 'sent', words: send === undefined ? 'sent' : `sent to ${visible(send.destination)}` };
}

/** Returns the calls to a broker that a forwarder made for an event. */
export function sendsOf({ sends }: Happening, listener: string, process: string) {
  return sends.filter((send) => send.listener === listener && send.process === process);
}
