import { writeSync } from 'node:fs';

/** Prints a measured figure, past what fails a test that writes to the console. */
export function printFigure(text: string): void {
  writeSync(1, `   ${text}\n`);
}
