import type { BusState } from '../model/bus-state.ts';
import { type Cause, type Item, NO_CTX } from '../model/item.ts';
import type { WorkGroup } from '../model/work-group.ts';
import type { Entry, Frame, Scope } from '../scope/scope.ts';
import type { AnyEvent } from '../types/event.ts';
import type { AttemptInfo } from '../types/observer.ts';

/** The events of one attempt: a single one, or several for `handleMany`. */
export type Job = Item | readonly Item[];

/** The part of a flush that its attempts use. */
export interface AttemptOrigin {
  readonly bus: BusState;
  readonly group: WorkGroup;
  readonly options: {
    /** The events came from a queue: forwarders don't get them. */
    readonly fromQueue?: boolean;
    readonly signal?: AbortSignal | undefined;
  };
  /** Frames of other buses that were current when the pass began: attempts keep them. */
  readonly rest: Frame | undefined;
}

/** One run of one listener: the scope of what it dispatches. */
export class Attempt implements Scope, Cause {
  readonly bus: BusState;
  readonly group: WorkGroup;
  /** Where scopes of other buses run here too: what the AsyncLocalStorage holds then. Let go of when it settles. */
  link: Frame | undefined;
  ctx: unknown;
  outcome: Scope['outcome'] = 'open';
  entries: Entry[] | undefined = undefined;
  nextSequence = 0;
  readonly event: AnyEvent | undefined;
  /** All events of a call of `handleMany`. */
  readonly batch: readonly AnyEvent[] | undefined;
  readonly depth: number;
  readonly listener: string;
  readonly cause: Cause | undefined;
  readonly usesDerivedIds: boolean;
  dispatched = 0;
  #signal: AbortSignal | undefined;

  constructor({ bus, group, options, rest }: AttemptOrigin, job: Job, listener: string) {
    const item = 'event' in job ? job : undefined;
    const batch = 'event' in job ? undefined : job.map(({ event }) => event);
    this.bus = bus;
    this.group = group;
    this.link = rest === undefined ? undefined : { scope: this, rest };
    this.ctx = item === undefined ? NO_CTX : item.ctx;
    this.event = item?.event;
    this.batch = batch;
    this.depth = item?.event.depth ?? batch!.reduce((most, { depth }) => Math.max(most, depth), 0);
    this.listener = listener;
    this.cause = item?.cause;
    this.usesDerivedIds = options.fromQueue === true || item?.cause?.usesDerivedIds === true;
    this.#signal = options.signal;
  }

  get parent(): undefined {
    return undefined;
  }

  get root(): this {
    return this;
  }

  get call(): undefined {
    return undefined;
  }

  get attempt(): this {
    return this;
  }

  get isAttempt(): boolean {
    return true;
  }

  get frame(): Frame {
    return this.link ?? this;
  }

  get scope(): this {
    return this;
  }

  get rest(): undefined {
    return undefined;
  }

  /** Made when it is first read: most listeners never look at it. */
  get signal(): AbortSignal {
    return (this.#signal ??= new AbortController().signal);
  }

  get number(): number {
    return 1;
  }

  get hasSlot(): boolean {
    return false;
  }

  get discardsAll(): boolean {
    return false;
  }

  /** The attempt has failed for good, and its scope has settled. */
  endLate(): void {}

  /** Rejects when its `timeout` is over, if it has one. */
  get timedOut(): Promise<never> | undefined {
    return undefined;
  }

  /** The attempt as observers see it: one object, for as long as it lives. */
  get info(): AttemptInfo {
    let info = infos.get(this);
    if (info === undefined) {
      const events = this.batch ?? [this.event!];
      info = Object.freeze({ listener: this.listener, event: events[0]!, events, attempt: this.number });
      infos.set(this, info);
    }
    return info;
  }
}

const infos = new WeakMap<Attempt, AttemptInfo>();

/** Says which listener handles which event. */
export function describeJob(listener: string, job: Job): string {
  const { name, id } = 'event' in job ? job.event : job[0]!.event;
  return `${listener} on ${name} ${id}`;
}
