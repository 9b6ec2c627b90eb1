import { isProduction } from '../core/host/environment.ts';
import { printLine } from '../core/report/line.ts';

let isPrinted = false;

/** Outside production, prints one line if a span of ours was ended by somebody else: its failure would not be shown. */
export function warnOfEarlyEnd(): void {
  if (isPrinted) return;
  isPrinted = true;
  if (isProduction()) return;
  printLine(
    "A span was ended before its step was over, so its duration and its failure are lost. @vercel/otel ends all spans of a trace with its request; openTelemetry({ newTrace: 'always' }) gives each attempt a trace that outlives it.",
  );
}
