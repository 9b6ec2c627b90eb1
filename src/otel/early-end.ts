import { isProduction } from '../core/host/environment.ts';
import { printLine } from '../core/report/line.ts';

let isPrinted = false;

/** Prints one line, outside production, about a span that other code has ended too early: its failure is not shown. */
export function warnOfEarlyEnd(): void {
  if (isPrinted) return;
  isPrinted = true;
  if (isProduction()) return;
  printLine(
    "A span was ended before its step was over, so its duration and its failure are lost. @vercel/otel ends all spans of a trace with its request; openTelemetry({ newTrace: 'always' }) gives each attempt a trace that outlives it.",
  );
}
