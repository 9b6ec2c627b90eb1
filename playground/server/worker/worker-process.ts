import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { ConsumerState, ConsumerStatus } from 'trpc-events/sqs';
import type { WorkerState } from '../../story/worker-state.ts';
import { shared } from '../shared.ts';

/** The time after which a worker that does not end is killed, in ms. The worker itself takes up to five seconds. */
const PATIENCE = 7000;

const STATES: Record<ConsumerState, WorkerState['state']> = {
  idle: 'starting',
  running: 'running',
  unreachable: 'unreachable',
  stopping: 'stopping',
  stopped: 'stopping', // until its process has ended
};

/** The process of the worker, which the web process starts and stops. Every visitor is told what it does. */
class WorkerProcess {
  #child: ChildProcess | undefined;
  readonly #readers = new Set<(state: WorkerState) => void>();
  #now: WorkerState = { state: 'stopped', handled: 0, waiting: 0, why: '' };

  /** Starts a worker, unless one is running. */
  start(): void {
    if (this.#child !== undefined) return;
    // The worker ends by itself when the channel to this process closes.
    const child = spawn(process.execPath, [/* turbopackIgnore: true */ 'worker.ts'], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    this.#tell({ state: 'starting', pid: child.pid, handled: 0, why: '' });
    child.on('message', ({ state, acknowledged, lastError }: ConsumerStatus) => {
      const isAsked = this.#now.state === 'stopping'; // the worker may not have got the signal yet
      this.#tell({
        state: isAsked ? 'stopping' : STATES[state],
        handled: acknowledged,
        why: lastError ?? '',
      });
    });
    child.once('error', ({ message }) => this.#ended(message));
    child.once('exit', (code, signal) => {
      // A worker that is still loading has no handler for the signal, which then ends it.
      const isAsked = code === 0 || (signal === 'SIGTERM' && this.#now.state === 'stopping');
      this.#ended(isAsked ? '' : (signal ?? `exit code ${code} (see the terminal)`));
    });
  }

  /** Calls a reader with the worker's state, now and after each change, until the returned function is called. */
  follow(reader: (state: WorkerState) => void): () => void {
    this.#readers.add(reader);
    reader(this.#now);
    return () => this.#readers.delete(reader);
  }

  /** Stops the worker, which may finish the orders that it has taken. Resolves when its process has ended. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#tell({ state: 'stopping' });
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    await gone;
    clearTimeout(timer);
  }

  /** The number of orders that were sent and have not come back. */
  set waiting(waiting: number) {
    this.#tell({ waiting });
  }

  #ended(why: string): void {
    this.#child = undefined;
    this.#tell({ state: why === '' ? 'stopped' : 'died', why });
  }

  #tell(news: Partial<WorkerState>): void {
    this.#now = { ...this.#now, ...news };
    for (const reader of this.#readers) reader(this.#now);
  }
}

export const worker = shared('worker', () => new WorkerProcess());
