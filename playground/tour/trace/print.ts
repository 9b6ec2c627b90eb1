import type { ClientCall, Answer } from './client-calls.ts';
import type { Recorder, TracedEvent, TracedRun } from './recorder.ts';
import { literal, MARGIN, milliseconds, offset, print, shortId, type Part } from './text.ts';
import { dropped, errorText, origin } from './words.ts';

/** Prints the calls that the client made, and their answers. */
export function printCalls(calls: readonly ClientCall[]): void {
  for (const { path, input, from, answers } of calls) {
    print([MARGIN, ['dim', '→ '], path, ['dim', `(${literal(input)})`]]);
    for (const answer of answers)
      print([MARGIN, ...answerParts(answer)], [`${milliseconds(answer.at - from)} ms`]);
  }
}

function answerParts(answer: Answer): Part[] {
  if (answer.kind === 'error') return [['red', `✗ ${answer.message}`]];
  if (answer.kind === 'end') return [['dim', '← end']];
  return [['dim', '← '], literal(answer.data)];
}

/** Prints the events as a tree, with times from the response, or from the start if there was no response. */
export function printEvents({ roots, sentAt }: Recorder, start: number): void {
  if (roots.length === 0) return;
  const zero = sentAt ?? start;
  const inBatch = roots.some(({ info }) => (info.scope?.batchIndex ?? 0) > 0);
  const heading = `ms from the ${sentAt === undefined ? 'start' : 'response'}`;
  const columns: Part[] = [heading, 'took'].map((text) => ['dim', text]);
  print([], columns);
  for (const root of roots) printEvent(root, '', '');

  /** `lead` stands before the event itself, `indent` before what is below it. */
  function printEvent(traced: TracedEvent, lead: string, indent: string): void {
    const { event, at, runs } = traced;
    const name: Part = [traced.dropped === undefined ? 'bold' : 'strikethrough', event.name];
    const id: Part = ['dim', `  ${shortId(event.id)}  `];
    print([MARGIN, ['dim', lead], name, id, aside(traced, inBatch)], [['dim', offset(at - zero)], '']);
    for (const run of runs) printRun(run, indent, run === runs.at(-1));
  }

  function printRun({ listener, from, to = from, error, events }: TracedRun, indent: string, last: boolean) {
    const mark: Part = error === undefined ? ['green', '✓ '] : ['red', '✗ '];
    const cause: Part = ['red', error === undefined ? '' : `  ${errorText(error)}`];
    const lead: Part = ['dim', `${indent}${last ? '└─ ' : '├─ '}`];
    print([MARGIN, lead, mark, listener, cause], [offset(from - zero), milliseconds(to - from)]);
    const below = `${indent}${last ? '   ' : '│  '}`;
    for (const event of events) {
      const isLast = event === events.at(-1);
      printEvent(event, `${below}${isLast ? '└─ ' : '├─ '}`, `${below}${isLast ? '   ' : '│  '}`);
    }
  }
}

/** Returns what became of an event, or where it came from if the tree does not show it. */
function aside({ dropped: reason, unhandled, info }: TracedEvent, inBatch: boolean): Part {
  if (reason !== undefined) return ['yellow', `dropped: ${dropped[reason]}`];
  if (unhandled) return ['yellow', 'nobody takes it'];
  return ['dim', info.scope === undefined && info.attempt !== undefined ? '' : origin(info, inBatch)];
}
