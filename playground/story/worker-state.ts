/** What is known about the worker's process. */
export interface WorkerState {
  readonly state: 'starting' | 'running' | 'unreachable' | 'stopping' | 'stopped' | 'died';
  readonly pid?: number | undefined;
  /** How many orders it has handled since it was started. */
  readonly handled: number;
  /** How many orders were sent to it, and have not come back. */
  readonly waiting: number;
  /** Why the worker died, or why it can't reach its queue. */
  readonly why: string;
}
