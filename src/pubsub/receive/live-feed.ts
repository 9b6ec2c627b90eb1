import type { Connection } from '../../queue/connection.ts';
import { untilAborted } from '../../queue/until-aborted.ts';
import { isLasting } from '../client/errors.ts';
import type { SubscriptionClient } from '../client/subscription.ts';
import type { PubsubDelivery } from '../client/types.ts';
import { Feed, type FeedEvents } from './feed.ts';

/** How often the server is asked whether it is up, in ms. An idle stream doesn't tell. */
const INTERVAL = 30_000;
/** The shortest time between two answered questions, in ms. */
const MIN_INTERVAL = 1000;
/** How long an answer is waited for, in ms: a little longer than the client should take to give up. */
const PATIENCE = 12_000;
/** How long after the answer an error of the stream may come, in ms. */
const GRACE = 200;
/** How long after the answer an error of the stream may come if the server has not confirmed the permission, in ms. */
const LONG_GRACE = 2000;

/** The lane of the feed that is opened again when it has ended. */
const FIRST_LANE = 0;

type Events = Pick<FeedEvents, 'message' | 'unacknowledged' | 'kept'>;

/** Keeps a feed open. If the client gives up, another is opened, with back-off. */
export class LiveFeed {
  readonly #client: SubscriptionClient;
  readonly #connection: Connection;
  readonly #events: Events;
  readonly #closing = new AbortController();
  /** The feeds that were opened, without those that the client has closed. */
  readonly #feeds = new Set<Feed>();
  #current: Feed | undefined;
  #lanes = FIRST_LANE;
  #watching: Promise<void> | undefined;
  #isTroubled = false;
  /** Makes the current sleep check whether it is over. */
  #look = () => {};

  constructor(client: SubscriptionClient, connection: Connection, events: Events) {
    this.#client = client;
    this.#connection = connection;
    this.#events = events;
  }

  /** The messages that the client has no answer for; `undefined` if it doesn't say. */
  get held(): ReadonlySet<PubsubDelivery> | undefined {
    const all = new Set<PubsubDelivery>();
    for (const { held } of this.#feeds) {
      if (held === undefined) return undefined;
      for (const delivery of held) all.add(delivery);
    }
    return all;
  }

  /** The messages in feeds that the client has closed by itself. It delivers to nobody those that it has confirmed since. */
  get heldByEnded(): readonly PubsubDelivery[] {
    const ended = Array.from(this.#feeds).filter(({ hasEnded }) => hasEnded);
    return ended.flatMap(({ held = [] }) => Array.from(held));
  }

  /** Opens the first feed. Rejects, with nothing left open, if the problem will not go away by itself. */
  async open(): Promise<void> {
    const problem = await this.#try();
    if (isLasting(problem)) {
      await Promise.all(Array.from(this.#feeds, (feed) => feed.close(this.#client.closing(0))));
      await this.#client.close();
      // The feed is forgotten, because one that was closed from here never says that it has ended.
      this.#current = undefined;
      throw problem as Error;
    }
    if (!this.#isClosing) this.#watching = this.#watch(problem);
  }

  /** Opens nothing more, and ends an `open` that is under way. */
  stop(): void {
    this.#closing.abort();
    this.#look();
  }

  /**
   * Opens another feed, with `places` places, if the others are full and there are fewer than `places` of them. Pub/Sub sends
   * all messages of a key to the feed that has one of them, so this one gets other keys.
   */
  widen(places: number): void {
    const isFull = [...this.#feeds].every((feed) => (feed.held?.size ?? 0) >= feed.places);
    if (isFull && this.#feeds.size < places && !this.#needsFeed && !this.#isClosing)
      this.#open({ places, lane: ++this.#lanes });
  }

  /** Closes the feeds. Resolves when all taken messages were answered, or after `ms` ms. Call it after `stop` and `open`. */
  async close(ms: number): Promise<void> {
    await this.#watching;
    await Promise.all(Array.from(this.#feeds, (feed) => feed.close(this.#client.closing(ms))));
    await this.#client.close();
  }

  /** Closes the client without waiting for it. */
  abandon(): void {
    this.#client.close().catch(() => {});
  }

  get #isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Keeps asking the server, and opens the feed again when it has ended. */
  async #watch(problem: unknown): Promise<void> {
    while (!this.#isClosing) {
      if (problem === undefined) {
        this.#connection.answered();
        await this.#sleep(MIN_INTERVAL, () => this.#needsFeed);
        await this.#sleep(INTERVAL, () => this.#needsFeed || this.#isTroubled);
        if (this.#isClosing) return;
        problem = this.#needsFeed ? this.#current?.error : undefined;
      }
      // A feed that the client gave up is reported, even if it could be opened again at once.
      if (problem !== undefined) await this.#connection.failed(problem, this.#closing.signal);
      if (!this.#isClosing) problem = await this.#try();
    }
  }

  get #needsFeed(): boolean {
    return this.#current?.hasEnded !== false;
  }

  /** Opens a feed if there is none, and asks the server. Returns what is wrong, or `undefined`. */
  async #try(): Promise<unknown> {
    this.#isTroubled = false;
    try {
      if (this.#needsFeed) {
        await untilAborted(this.#client.open(), this.#closing.signal);
        this.#current = this.#open({ places: this.#client.places, lane: FIRST_LANE });
      }
      return await this.#check(this.#current!);
    } catch (error) {
      return this.#isClosing ? undefined : error;
    }
  }

  #open(shape: Pick<Feed, 'places' | 'lane'>): Feed {
    const feed: Feed = new Feed(this.#client.subscribe(shape.places), shape, {
      message: (delivery, from) => {
        this.#connection.answered();
        this.#events.message(delivery, from);
        this.#look();
      },
      troubled: () => {
        this.#isTroubled = true;
        this.#look();
      },
      ended: () => this.#look(),
      closed: () => void this.#feeds.delete(feed),
      unacknowledged: (ids, error) => this.#events.unacknowledged(ids, error),
      kept: (ids) => this.#events.kept(ids),
    });
    this.#feeds.add(feed);
    return feed;
  }

  /**
   * Finds out whether messages can come. They can if the stream has brought one, or if the server has answered and no error
   * has ended the stream since. Returns what is wrong, or `undefined`.
   */
  async #check(feed: Feed): Promise<unknown> {
    const isNew = !feed.hasBroughtMessages;
    const isSettled = () => feed.hasEnded || (isNew && feed.hasBroughtMessages);
    let answer: { readonly may?: boolean | undefined; readonly error?: unknown } | undefined;
    const answered = (given: typeof answer) => {
      answer = given;
      this.#look();
    };
    this.#client.mayConsume().then(
      (may) => answered({ may }),
      (error: unknown) => answered({ error }),
    );
    await this.#sleep(PATIENCE, () => isSettled() || answer !== undefined);
    if (!isSettled() && !this.#isClosing) {
      if (answer === undefined) return new Error(`Pub/Sub has not answered for ${PATIENCE / 1000} s`);
      if (answer.error !== undefined) return answer.error;
      await this.#sleep(answer.may === true ? GRACE : LONG_GRACE, isSettled);
    }
    return feed.hasEnded ? feed.error : undefined;
  }

  /** Resolves after `ms` ms, when `isOver` returns true, or when the feed closes. */
  #sleep(ms: number, isOver: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#look = () => {};
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#look = () => (isOver() || this.#isClosing) && end();
      this.#look();
    });
  }
}
