import type { TracedSpan } from './spans.ts';
import { MARGIN, milliseconds, offset, print, type Part } from './text.ts';

/** Prints spans as a tree, with times from the response, or from the first span if there was no response. */
export function printSpans(spans: readonly TracedSpan[], sentAt: number | undefined): void {
  const zero = sentAt ?? spans[0]?.from ?? 0;
  const heading = `ms from the ${sentAt === undefined ? 'start' : 'response'}`;
  const columns: Part[] = [heading, 'took'].map((text) => ['dim', text]);
  print([], columns);
  for (const span of spans) printSpan(span, '', '');

  /** `lead` stands before the span itself, `indent` before those below it. */
  function printSpan(
    { name, kind, from, to = from, error, children }: TracedSpan,
    lead: string,
    indent: string,
  ) {
    const mark: Part = error === undefined ? '' : ['red', '✗ '];
    const aside: Part = error === undefined ? ['dim', `  ${kind}`] : ['red', `  ${error}`];
    print([MARGIN, ['dim', lead], mark, name, aside], [offset(from - zero), milliseconds(to - from)]);
    for (const child of children) {
      const isLast = child === children.at(-1);
      printSpan(child, `${indent}${isLast ? '└─ ' : '├─ '}`, `${indent}${isLast ? '   ' : '│  '}`);
    }
  }
}
