import { duration, visible } from './format.ts';
import type { Attempt, Happening, Run } from './model.ts';
import { gaveUpOf, LOST, markOf, shortError, whyGaveUp, type Described } from './words.ts';

/** Says how a listener or a forwarder does with an event. */
export function describeRun(run: Run, now: number): Described {
  const name = visible(run.listener);
  const gaveUp = gaveUpOf(run);
  if (gaveUp !== undefined) return { mark: 'failed', name, words: whyGaveUp(gaveUp) };
  const last = run.attempts.at(-1);
  if (last === undefined) return { mark: 'waiting', name, words: 'waits its turn' };
  if (last.to === undefined) return { ...describeAttempt(last, now), name };
  if (last.end?.ok !== false) return { ...succeeded(run), name };
  if (last.delay === undefined) return { ...describeAttempt(last, now), name };
  const left = last.to + last.delay - now;
  const words = left > 0 ? `attempt ${last.number + 1} of ${last.of} in ${duration(left)}` : 'waits its turn';
  return { mark: 'waiting', name, words };
}

/** Says how one attempt went, for a list of attempts. */
export function describeAttempt(attempt: Attempt, now: number): Described {
  const { number, of, from, end, delay, run } = attempt;
  const name = number === 1 && of === 1 ? visible(run.listener) : `attempt ${number} of ${of}`;
  const mark = markOf(attempt);
  switch (mark) {
    case 'lost':
      return { mark, name, words: LOST };
    case 'running': {
      const verb = run.kind === 'forwarder' ? 'sending' : 'running';
      const which = number > 1 ? `attempt ${number} of ${of}, ` : '';
      return { mark, name, words: `${which}${verb}, ${duration(Math.max(0, now - from))}` };
    }
    case 'failed': {
      // Between two attempts, and until it is known that there is no other one.
      const isRetried = delay !== undefined || run.attempts.at(-1) !== attempt;
      return { mark: isRetried ? 'retrying' : 'failed', name, words: `failed: ${shortError(end?.error)}` };
    }
    default:
      return { ...succeeded(run), name };
  }
}

function succeeded({ kind, event, listener, process }: Run): Omit<Described, 'name'> {
  if (kind !== 'forwarder') return { mark: 'succeeded', words: 'handled' };
  const [send] = sendsOf(event, listener, process);
  return { mark: 'sent', words: send === undefined ? 'sent' : `sent to ${visible(send.destination)}` };
}

/** The calls to a broker that a forwarder made for an event. */
export function sendsOf({ sends }: Happening, listener: string, process: string) {
  return sends.filter((send) => send.listener === listener && send.process === process);
}
