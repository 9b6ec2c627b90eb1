import type {
  AnyEvent,
  AttemptInfo,
  DiscardReason,
  DispatchInfo,
  EventObserver,
  RunStep,
} from '../../../src/index.ts';

/** An event, and what became of it. Times are `performance.now()`. */
export interface TracedEvent {
  readonly event: AnyEvent;
  readonly at: number;
  /** Where the event was dispatched. */
  readonly info: DispatchInfo;
  dropped?: DiscardReason;
  unhandled?: boolean;
  readonly runs: TracedRun[];
}
/** A listener that ran, and what it dispatched. */
export interface TracedRun {
  readonly listener: string;
  readonly from: number;
  to?: number;
  error?: unknown;
  readonly events: TracedEvent[];
}

/** Records events as a tree: which listeners took them, and which events those dispatched in turn. */
export class Recorder implements EventObserver {
  readonly name = 'trace';
  roots: TracedEvent[] = [];
  /** When the first response was sent, if there was one. */
  sentAt: number | undefined;
  readonly #events = new Map<string, TracedEvent>();
  /** The runs by the id of their attempt. */
  readonly #runs = new Map<string, TracedRun>();

  /** Forgets what it has recorded. */
  clear(): void {
    this.roots = [];
    this.sentAt = undefined;
    this.#events.clear();
    this.#runs.clear();
  }

  dispatched(event: AnyEvent, info: DispatchInfo): void {
    const traced: TracedEvent = { event, at: performance.now(), info, runs: [] };
    this.#events.set(event.id, traced);
    const cause = info.attempt && this.#runs.get(info.attempt.id);
    (cause?.events ?? this.roots).push(traced);
  }

  discarded(event: AnyEvent, { reason }: { reason: DiscardReason }): void {
    const traced = this.#events.get(event.id);
    if (traced !== undefined) traced.dropped = reason;
  }

  unhandled(event: AnyEvent): void {
    const traced = this.#events.get(event.id);
    if (traced !== undefined) traced.unhandled = true;
  }

  responseSent(): void {
    this.sentAt ??= performance.now();
  }

  async wrapAttempt(attempt: AttemptInfo, run: RunStep): Promise<void> {
    const traced: TracedRun = { listener: attempt.listener, from: performance.now(), events: [] };
    this.#runs.set(attempt.id, traced);
    this.#events.get(attempt.event.id)?.runs.push(traced);
    const outcome = await run();
    traced.to = performance.now();
    if (!outcome.ok) traced.error = outcome.error;
  }
}
