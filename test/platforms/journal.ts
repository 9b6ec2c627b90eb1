import { appendFileSync } from 'node:fs';

/** Line that marks where the process froze. */
export const FROZEN = '-- frozen --';
/** Line that marks where it went on. */
export const THAWED = '-- thawed --';
/** Prefix of the line with the answer of an invocation's handler. */
export const ANSWER = 'answer ';

/** Makes a log that is written synchronously, so that no line is lost if the process is frozen or killed. */
export function makeJournal(file: string) {
  return {
    write: (line: string) => appendFileSync(file, `${line}\n`),
    /** Freezes this process at once, until somebody thaws it. */
    freeze() {
      appendFileSync(file, `${FROZEN}\n`);
      process.kill(process.pid, 'SIGSTOP');
      appendFileSync(file, `${THAWED}\n`);
    },
  };
}
