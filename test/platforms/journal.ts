import { appendFileSync } from 'node:fs';

export const FROZEN = '-- frozen --';

/** Writes a line to a file before it returns: what stands there has happened, whatever becomes of the process. */
export function makeJournal(file: string) {
  return {
    write: (line: string) => appendFileSync(file, `${line}\n`),
    /** Stops this process here and now. */
    freeze() {
      appendFileSync(file, `${FROZEN}\n`);
      process.kill(process.pid, 'SIGSTOP');
    },
  };
}
