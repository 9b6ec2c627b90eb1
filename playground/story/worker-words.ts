import type { MarkName } from 'trpc-events/inspector/story';
import type { WorkerState } from './worker-state.ts';

/** What the page says about the worker. */
export interface DescribedWorker {
  readonly mark: MarkName;
  readonly words: string;
  /** What the worker's button does. */
  readonly button: 'start' | 'stop';
}

type State = WorkerState['state'];

const MARKS: Record<State, MarkName> = {
  starting: 'running',
  running: 'succeeded',
  unreachable: 'waiting',
  stopping: 'running',
  stopped: 'waiting',
  died: 'failed',
};

const WORDS: Record<State, (worker: WorkerState) => string> = {
  starting: ({ pid }) => `Worker ${pid} is starting.`,
  running: ({ pid, handled }) => `Worker ${pid} takes orders. ${handledWords(handled)}`,
  unreachable: ({ pid, why }) => `Worker ${pid} can't reach the queue, and tries again: ${why}`,
  stopping: ({ pid }) => `Worker ${pid} ends what it has taken, and stops.`,
  stopped: ({ waiting }) => `The worker is stopped. ${waitingWords(waiting)}`,
  died: ({ pid, why, waiting }) => `Worker ${pid} died: ${why}. ${waitingWords(waiting)}`,
};

/** Why orders stay in the queue, if the worker is the reason. */
const WHY_QUEUED: Partial<Record<State, string>> = {
  unreachable: "the worker can't reach the queue",
  stopping: 'the worker is stopped',
  stopped: 'the worker is stopped',
  died: 'the worker died',
};

export function describeWorker(worker: WorkerState): DescribedWorker {
  const { state } = worker;
  const isOff = state === 'stopping' || state === 'stopped' || state === 'died';
  return { mark: MARKS[state], words: WORDS[state](worker), button: isOff ? 'start' : 'stop' };
}

export function whyQueued(worker: WorkerState | undefined): string {
  return (worker && WHY_QUEUED[worker.state]) ?? '';
}

function handledWords(handled: number): string {
  return handled === 0 ? 'None has come yet.' : `It has handled ${handled}.`;
}

function waitingWords(waiting: number): string {
  if (waiting === 0) return 'Orders will wait in the queue.';
  return waiting === 1 ? 'One order waits in the queue.' : `${waiting} orders wait in the queue.`;
}
