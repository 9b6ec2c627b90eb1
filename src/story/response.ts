import { cut, duration, visible } from './format.ts';
import type { Call } from './model.ts';
import { treeOf } from './tree.ts';

/** The line of the response. Without `at` there is none, and `words` say why. */
export interface Response {
  /** Milliseconds since 1970. */
  readonly at: number | undefined;
  /** `response sent, 5 ms`, `stream ended, 1.2 s`, or `no response here: WebSocket`. */
  readonly words: string;
}

const NONE: Partial<Record<Call['kind'], string>> = {
  scope: ': a scope',
  publish: ': a publish',
  delivery: ': a queue',
  refused: ': a queue',
  report: '',
};

/** Says when the response of a call was sent. If there are several calls, the last response counts. */
export function responseOf(calls: readonly Call[]): Response {
  const [last] = calls
    .filter((call) => call.answered !== undefined)
    .sort((a, b) => b.answered! - a.answered!);
  if (last !== undefined) {
    const from = Math.min(...calls.map((call) => call.from));
    const what = isStream(last) ? 'stream ended' : 'response sent';
    return { at: last.answered!, words: `${what}, ${duration(last.answered! - from)}` };
  }
  const [call] = calls;
  return { at: undefined, words: call === undefined ? '' : whyNone(call) };
}

function whyNone(call: Call): string {
  const { kind, unanswered, to, lost } = call;
  if (NONE[kind] !== undefined) return `no response here${NONE[kind]}`;
  if (unanswered !== undefined) return `no response here: ${visible(cut(unanswered, 60))}`;
  if (lost !== undefined && to === undefined) return 'no response here: the process ended';
  if (isStream(call)) return to === undefined ? 'still streaming' : 'stream not yet closed';
  return 'response not yet sent';
}

/** Returns true if a call is known to answer with a stream: it is a subscription, or its events were flushed at a yield. */
export function isStream(call: Call): boolean {
  if (call.type === 'subscription') return true;
  return treeOf(call).events.some(({ origin, by }) => origin === 'stream' && by === call);
}
