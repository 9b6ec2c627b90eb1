import { appendFileSync } from 'node:fs';

/** The process stops here. */
export const FROZEN = '-- frozen --';
/** Before what the handler of an invocation resolved to. */
export const ANSWER = 'answer ';

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
