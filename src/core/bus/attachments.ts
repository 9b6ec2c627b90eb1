import type { BusState } from '../model/bus-state.ts';
import { Observers, type ObservedWork } from '../report/observers.ts';
import { reportObserver } from '../report/report.ts';
import type { EventObserver, ObservedBus } from '../types/observer.ts';
import { guarded } from '../words/guards.ts';

/** An observer that is attached to a bus. */
interface Attachment {
  readonly observer: EventObserver;
  /** True if the observer comes from the options of the bus. */
  readonly isOption: boolean;
  /** The function that the observer's `attached` has returned. */
  detach: (() => unknown) | undefined;
}

/** The least time between two reports of one observer, in ms. One that throws at each event would drown out all others. */
const QUIET = 60_000;

/** The observers of a bus, in their order. The bus's `observed` is made of them. */
export class Attachments {
  readonly #state: BusState;
  #bus!: ObservedBus;
  #list: readonly Attachment[] = [];
  #isOver = false;
  readonly #work: ObservedWork = {
    failed: (observer, hook, thrown) => this.#failed(observer, hook, thrown),
    waitFor: (what, promise) => void this.#state.trackTask(what, promise),
  };
  /** Observers that were reported, with the end of the quiet time, and the number of failures in it. */
  readonly #reported = new WeakMap<EventObserver, { readonly until: number; more: number }>();

  constructor(state: BusState) {
    this.#state = state;
  }

  /** Attaches the first observers. The bus must be complete, because they may use it at once. */
  begin(bus: ObservedBus, observers: readonly EventObserver[]): void {
    this.#bus = bus;
    this.setOptions(observers);
  }

  /** Sets the observers of the options. Observers that were added stay, and so do those that the former options had too. */
  setOptions(observers: readonly EventObserver[]): void {
    const left = this.#list.filter(({ isOption }) => isOption);
    const kept = observers.map((observer) => {
      const at = left.findIndex((attachment) => attachment.observer === observer);
      return at === -1 ? observer : left.splice(at, 1)[0]!;
    });
    const added = this.#list.filter(({ isOption }) => !isOption);
    for (const attachment of left) this.#detach(attachment);
    this.#set([...kept.map((it) => ('isOption' in it ? it : this.#attach(it, true))), ...added]);
  }

  /** Adds an observer. Returns a function that removes it. A closed bus adds none, because nothing would detach it. */
  add(observer: EventObserver): () => void {
    if (this.#isOver) return () => {};
    const attachment = this.#attach(observer, false);
    this.#set([...this.#list, attachment]);
    return () => {
      this.#detach(attachment);
      this.#set(this.#list.filter((other) => other !== attachment));
    };
  }

  /** Detaches all observers, because the bus has closed, ran out of time to close, or was taken over by another bus. */
  detachAll(): void {
    this.#isOver = true;
    const list = this.#list;
    this.#set([]);
    for (const attachment of list) this.#detach(attachment);
  }

  #set(list: readonly Attachment[]): void {
    this.#list = list;
    const observers = list.map(({ observer }) => observer);
    this.#state.observed = list.length === 0 ? undefined : new Observers(observers, this.#work, this.#bus);
  }

  #attach(observer: EventObserver, isOption: boolean): Attachment {
    const attachment: Attachment = { observer, isOption, detach: undefined };
    const attach = (): unknown => {
      const detach: unknown = observer.attached?.(this.#bus);
      if (typeof detach !== 'function') return detach;
      attachment.detach = detach as () => unknown;
      return undefined;
    };
    guarded(attach, (thrown) => this.#failed(observer, 'attached', thrown));
    return attachment;
  }

  #detach(attachment: Attachment): void {
    const { observer, detach } = attachment;
    attachment.detach = undefined;
    guarded(
      () => detach?.(),
      (thrown) => this.#failed(observer, 'what attached returned', thrown),
    );
  }

  #failed(observer: EventObserver, hook: string, thrown: unknown): void {
    const now = performance.now();
    const former = this.#reported.get(observer);
    if (former !== undefined && now < former.until) {
      former.more++;
      return;
    }
    this.#reported.set(observer, { until: now + QUIET, more: 0 });
    const more =
      former === undefined || former.more === 0 ? '' : ` (${former.more} more since the last report)`;
    reportObserver(this.#state, `The observer ${observer.name}, in ${hook},`, thrown, more);
  }
}
