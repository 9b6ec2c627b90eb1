import type { AnyEvent } from '../../core/types/event.ts';
import type {
  AttemptInfo,
  DiscardReason,
  DispatchInfo,
  EventObserver,
  Outcome,
} from '../../core/types/observer.ts';
import type { EventsError } from '../../core/words/errors.ts';
import { LOOPBACK } from '../show.ts';

/** The history of one event. */
export interface Story {
  readonly event: AnyEvent;
  /** False if the event came from a queue, or was dispatched before the recording began. */
  readonly isDispatched: boolean;
  /** The attempt that dispatched the event. */
  readonly cause: AttemptInfo | undefined;
  readonly runs: Run[];
  discarded: DiscardReason | undefined;
  isUnhandled: boolean;
}
/** All attempts of one listener on one event. */
export interface Run {
  readonly listener: string;
  readonly attempts: Attempt[];
}
export interface Attempt {
  readonly event: AnyEvent;
  readonly listener: string;
  readonly attempt: number;
  readonly info: AttemptInfo | undefined;
  outcome: 'running' | 'handled' | 'failed';
  error: unknown;
  delay: number | undefined;
}

/** Everything that a bus has reported from some moment on. */
export class Recording {
  readonly stories: Story[] = [];
  /** Attempts in the order in which they ended. */
  readonly ended: Attempt[] = [];
  /** Events that came back from a queue are other objects with the same id: `#byId` finds those. */
  readonly #byEvent = new Map<AnyEvent, Story>();
  readonly #byId = new Map<string, Story>();

  dispatched(event: AnyEvent, { attempt }: DispatchInfo): void {
    this.#tell(event, true, attempt);
  }

  discarded(event: AnyEvent, reason: DiscardReason): void {
    this.#storyOf(event).discarded = reason;
  }

  unhandled(event: AnyEvent): void {
    this.#storyOf(event).isUnhandled = true;
  }

  /** Begins an attempt for each of its events. Returns the function to call at its end. */
  attempted(info: AttemptInfo): (outcome: Outcome) => void {
    const attempts = info.events.map((event) => this.#begin(event, info));
    return (outcome) => {
      for (const attempt of attempts) this.#end(attempt, failureOf(outcome, attempt.event));
    };
  }

  backedOff(info: AttemptInfo, delay: number): void {
    for (const event of info.events) {
      for (const { attempts } of this.#known(event)?.runs ?? [])
        for (const attempt of attempts) if (attempt.info === info) attempt.delay = delay;
    }
  }

  /** Records a failure without an attempt, which no other hook reports. */
  failedUntried(event: AnyEvent, listener: string, { cause }: EventsError): void {
    this.#end(this.#begin(event, { listener, attempt: 0 }), { error: cause });
  }

  #begin(event: AnyEvent, of: AttemptInfo | Pick<AttemptInfo, 'listener' | 'attempt'>): Attempt {
    const { listener, attempt: number } = of;
    const info = 'events' in of ? of : undefined;
    const attempt: Attempt = {
      event,
      listener,
      attempt: number,
      info,
      outcome: 'running',
      error: undefined,
      delay: undefined,
    };
    const { runs } = this.#storyOf(event);
    const run = number > 1 ? runs.findLast((run) => run.listener === listener) : undefined;
    if (run === undefined) runs.push({ listener, attempts: [attempt] });
    else run.attempts.push(attempt);
    return attempt;
  }

  #end(attempt: Attempt, failure: { readonly error: unknown } | undefined): void {
    attempt.outcome = failure === undefined ? 'handled' : 'failed';
    attempt.error = failure?.error;
    this.ended.push(attempt);
  }

  #storyOf(event: AnyEvent): Story {
    const story = this.#known(event) ?? this.#tell(event, false, undefined);
    this.#byEvent.set(event, story);
    return story;
  }

  #known(event: AnyEvent): Story | undefined {
    return this.#byEvent.get(event) ?? this.#byId.get(event.id);
  }

  #tell(event: AnyEvent, isDispatched: boolean, cause: AttemptInfo | undefined): Story {
    const story: Story = {
      event,
      isDispatched,
      cause,
      runs: [],
      discarded: undefined,
      isUnhandled: false,
    };
    this.stories.push(story);
    this.#byEvent.set(event, story);
    this.#byId.set(event.id, story);
    return story;
  }
}

/** Returns the failure of one event. A call of `handleMany` that lists failures has not failed for the others. */
function failureOf(outcome: Outcome, event: AnyEvent): { readonly error: unknown } | undefined {
  if (outcome.ok) return undefined;
  return outcome.failures === undefined ? outcome : outcome.failures.find(({ id }) => id === event.id);
}

/** Makes an observer that writes into the current recording. */
export function observerOf(current: () => Recording): EventObserver {
  return {
    name: 'recorder',
    dispatched: (event, info) => current().dispatched(event, info),
    discarded: (event, { reason }) => current().discarded(event, reason),
    unhandled: (event) => current().unhandled(event),
    backedOff: (attempt, { delay }) => current().backedOff(attempt, delay),
    errored(error, { event, listener, attempt }) {
      if (error.code === 'LISTENER_FAILED' && attempt === 0 && event !== undefined && listener !== undefined)
        current().failedUntried(event, listener, error);
    },
    async wrapAttempt(info, run) {
      const recording = current();
      const end = info.listener === LOOPBACK ? undefined : recording.attempted(info);
      const outcome = await run();
      if (end !== undefined) end(outcome);
      else if (!outcome.ok) recording.attempted(info)(outcome);
    },
  };
}
