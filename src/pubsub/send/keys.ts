import type { Entry, GiveUp } from '../../queue/send/entry.ts';
import type { Sending } from '../../queue/send/forward.ts';
import { Gatherer, type GatherSettings } from '../../queue/send/gather.ts';
import type { Message } from './message.ts';
import { Slots } from './slots.ts';

/** The number of requests at a time for events without a key. More would only pile up at a slow server. */
const PARALLEL = 8;
/**
 * The number of requests at a time for all keys. If so many keys hang at once, it is an outage. Far more requests would
 * take longer to write than they have time.
 */
const PARALLEL_KEYS = 1000;

/**
 * Gathers the entries of one bus by their ordering keys. Events of a key are sent by one request at a time. The others wait
 * here, because after a failure the client would reject all that it has queued for a key. No key waits for another.
 */
export class Keys implements Sending<Message> {
  readonly #settings: Omit<GatherSettings<Message>, 'parallel'>;
  readonly #unordered: Gatherer<Message>;
  readonly #slots = new Slots(PARALLEL_KEYS);
  /** The keys that have something to send. */
  readonly #ordered = new Map<string, Gatherer<Message>>();

  constructor(settings: Omit<GatherSettings<Message>, 'parallel'>) {
    this.#settings = settings;
    this.#unordered = new Gatherer({ ...settings, parallel: PARALLEL });
  }

  add(entries: readonly Entry<Message>[]): void {
    for (const [key, ofKey] of byKey(entries)) this.#gathererOf(key).add(ofKey);
  }

  readonly giveUp: GiveUp<Message> = (entries, why, cause) => {
    // All entries of a key are given up at once, or the next one to be given up would be sent before.
    for (const [key, ofKey] of byKey(entries)) this.#gathererOf(key).giveUp(ofKey, why, cause);
  };

  #gathererOf(key: string): Gatherer<Message> {
    if (key === '') return this.#unordered;
    const found = this.#ordered.get(key);
    if (found !== undefined) return found;
    const { sendBatch } = this.#settings;
    const made = new Gatherer({
      ...this.#settings,
      sendBatch: (batch) => this.#slots.run(() => sendBatch(batch)),
      parallel: 1,
      isOrdered: true,
      idle: () => {
        if (this.#ordered.get(key) === made) this.#ordered.delete(key);
      },
    });
    this.#ordered.set(key, made);
    return made;
  }
}

function byKey(entries: Iterable<Entry<Message>>): ReadonlyMap<string, readonly Entry<Message>[]> {
  const groups = new Map<string, Entry<Message>[]>();
  for (const entry of entries) {
    const { orderingKey } = entry.message;
    const group = groups.get(orderingKey);
    if (group === undefined) groups.set(orderingKey, [entry]);
    else group.push(entry);
  }
  return groups;
}
