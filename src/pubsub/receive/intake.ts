import { EventsError } from '../../core/words/errors.ts';
import type { Connection } from '../../queue/connection.ts';
import type { Intake, StopLimit } from '../../queue/consumer-types.ts';
import type { Handling, Outcome } from '../../queue/receiver.ts';
import type { ReceivingBus } from '../../queue/types.ts';
import type { SubscriptionClient } from '../client/subscription.ts';
import type { PubsubDelivery } from '../client/types.ts';
import { Calm } from './calm.ts';
import type { Feed } from './feed.ts';
import { HeldMessage } from './held-message.ts';
import { KeyLines } from './key-lines.ts';
import { AWAY, LeftMessages } from './left-messages.ts';
import { LiveFeed } from './live-feed.ts';

/** How often to check whether the client has lost messages at work, in ms, or `patience` if that is less. */
const CHECK = 1000;
/** How often a closing client is checked for messages that it delivers to nobody, in ms. */
const SWEEP = 50;

export interface IntakeOptions {
  readonly name: string;
  readonly client: SubscriptionClient;
  readonly concurrency: number;
  readonly bus: Pick<ReceivingBus, 'report'>;
  readonly connection: Connection;
  readonly receive: Handling;
  /** How long a message may wait for its key before places are opened for other keys, in ms. */
  readonly patience: number;
  /** Lets the consumer stop by itself. */
  stopSoon(): void;
}

/** Takes messages from a subscription while there is room for them, and answers for each. */
export class PubsubIntake implements Intake {
  readonly #options: IntakeOptions;
  readonly #feed: LiveFeed;
  readonly #lines: KeyLines<HeldMessage>;
  /** The messages that were taken, and not answered. */
  readonly #held = new Set<HeldMessage>();
  /** The messages whose turn it is, and for which there was no room yet. */
  readonly #ready: HeldMessage[] = [];
  /** The messages whose listeners run. */
  readonly #atWork = new Set<HeldMessage>();
  readonly #left = new LeftMessages();
  readonly #calm = new Calm();
  #opening: Promise<void> | undefined;
  #checking: ReturnType<typeof setInterval> | undefined;
  /** True once there is no time left: what comes now is given back. */
  #isUrgent = false;
  #moved = () => {};

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#feed = new LiveFeed(options.client, options.connection, {
      message: (delivery, feed) => this.#take(delivery, feed),
      unacknowledged: (ids, error) => this.#unacknowledged(ids, error),
      kept: (ids) => this.#lines.stayed(ids, AWAY),
    });
    this.#lines = new KeyLines({
      start: (held) => {
        this.#ready.push(held);
        this.#fill();
      },
      giveBack: (messages) => this.#giveBack(messages),
      isGoingBack: ({ delivery }) => this.#feed.held?.has(delivery) === true,
    });
  }

  get inFlight(): number {
    const taken = this.#taken;
    for (const delivery of this.#feed.held ?? []) if (!this.#left.has(delivery)) taken.add(delivery);
    return taken.size;
  }

  get #taken(): Set<PubsubDelivery> {
    return new Set(Array.from(this.#held, ({ delivery }) => delivery));
  }

  open(): Promise<void> {
    return (this.#opening = this.#open());
  }

  async close(limit: StopLimit): Promise<void> {
    const { nearlyOver, lastMoment } = limit;
    nearlyOver.addEventListener('abort', () => this.#hurry(), { once: true });
    lastMoment.addEventListener('abort', () => this.#giveUp(), { once: true });
    this.#feed.stop();
    await this.#opening?.catch(() => {});
    await this.#calm.begin(nearlyOver);
    const closed = this.#feed.close(limit.ms);
    closed.catch(() => {});
    this.#calm.end();
    // The client would wait for left messages, so they go back now. Old copies go back when all new ones are answered.
    this.#left.giveBack();
    while (this.#held.size > 0) await new Promise<void>((resolve) => (this.#moved = resolve));
    this.#isUrgent = true;
    const sweeping = setInterval(() => this.#sweep(this.#feed.held ?? []), SWEEP);
    try {
      await closed;
    } finally {
      clearInterval(sweeping);
      this.#end();
    }
  }

  abandon(): void {
    this.#isUrgent = true;
    for (const held of this.#held) held.endClaim();
    this.#feed.abandon();
    this.#end();
  }

  async #open(): Promise<void> {
    const { name, connection } = this.#options;
    this.#checking = setInterval(() => this.#check(), Math.min(CHECK, this.#options.patience));
    try {
      await this.#feed.open();
    } catch (error) {
      clearInterval(this.#checking);
      this.#giveBack(this.#lines.clear());
      connection.sawError(error, false);
      const text = `${name} can't start: ${connection.explain(error)}`;
      throw new EventsError('RECEIVE_FAILED', text, { cause: error });
    }
  }

  #end(): void {
    this.#calm.end();
    clearInterval(this.#checking);
    this.#lines.close();
  }

  #take(delivery: PubsubDelivery, feed: Feed): void {
    if (this.#isUrgent) return delivery.nack();
    this.#calm.came();
    this.#left.came(delivery);
    const held = new HeldMessage(delivery, feed);
    this.#held.add(held);
    const older = this.#lines.enter(held);
    if (older !== undefined) this.#lose(older, 'It has come again');
  }

  #fill(): void {
    while (this.#atWork.size < this.#options.concurrency) {
      const held = this.#ready.shift();
      if (held === undefined) return;
      void this.#work(held);
    }
  }

  async #work(held: HeldMessage): Promise<void> {
    this.#atWork.add(held);
    // If the message was lost while it waited for room, its signal has aborted, and no listener runs.
    const outcome = await this.#options.receive.handle(held.received);
    this.#atWork.delete(held);
    held.endClaim();
    if (outcome === 'closed') {
      // The answer is held back. Without a retry policy, the message would otherwise come again before the client is closed.
      this.#calm.hold();
      this.#options.stopSoon();
    }
    this.#fill();
    await this.#calm.over;
    if (held.isGivenUp) return;
    await this.#answer(held, outcome);
    this.#forget(held);
  }

  async #answer(held: HeldMessage, outcome: Outcome): Promise<void> {
    if (held.isLost) return this.#lines.done(held);
    if (outcome === 'handled') {
      const problem = await held.acknowledge();
      if (problem === undefined) return this.#lines.done(held);
      // If the message comes again, the later ones of its key must come after it.
      this.#report(held, `it was handled, but could not be acknowledged, and may come again: ${problem}`);
      return this.#lines.left(held, AWAY);
    }
    if (outcome === 'failed' || outcome === 'closed' || this.#isUrgent) return this.#nack(held);
    held.leave();
    this.#left.add(held.delivery);
    if (held.isKeyed) this.#lines.left(held, AWAY);
    else this.#lines.done(held);
  }

  /** Lets a message come again at once, or after the subscription's back-off, and the later ones of its key after it. */
  #nack(held: HeldMessage): void {
    held.nack();
    if (held.isKeyed) this.#giveBack(this.#lines.failed(held));
    else this.#lines.done(held);
  }

  #giveBack(messages: readonly HeldMessage[]): void {
    for (const held of messages) {
      if (!held.isLost) held.nack();
      this.#forget(held);
    }
  }

  #forget(held: HeldMessage): void {
    this.#held.delete(held);
    this.#moved();
  }

  /** Marks a message as lost, because another consumer may have it by now. */
  #lose(held: HeldMessage, why: string): void {
    if (held.isLost) return;
    held.isLost = true;
    // The old copy gets no answer, because an ack or a nack might count for the new one.
    held.leave();
    this.#left.addLost(held.delivery);
    const text = `The message is no longer held back from others. ${why}`;
    const reason = new EventsError('RECEIVE_FAILED', text);
    held.abort(reason);
    if (this.#atWork.has(held)) this.#report(held, text, reason);
    else if (!this.#ready.includes(held)) this.#forget(held);
  }

  #check(): void {
    const inside = this.#feed.held;
    // With exactly-once delivery, the client drops a message when Pub/Sub says that it is lost.
    for (const held of this.#atWork)
      if (inside?.has(held.delivery) === false) this.#lose(held, 'Pub/Sub extends it no more');
    this.#sweep(this.#feed.heldByEnded.filter((delivery) => !this.#left.has(delivery)));
    const isStarved = this.#atWork.size < this.#options.concurrency && this.#ready.length === 0;
    const patient = performance.now() - this.#options.patience;
    // The messages of a few slow keys may fill all places, so that other keys don't come.
    if (isStarved && this.#lines.next.some(({ came }) => came < patient))
      this.#feed.widen(this.#options.concurrency);
  }

  /** Gives back what waits and aborts the listeners, because the time of a stop is nearly over. */
  #hurry(): void {
    this.#isUrgent = true;
    const ready = this.#ready.splice(0);
    this.#giveBack([...ready, ...this.#lines.close()]);
    const reason = new EventsError('CLOSED', `${this.#options.name} stops, and its time is over.`);
    for (const held of this.#atWork) held.abort(reason);
  }

  /** Gives back what is still at work, because its listeners ignore their signal. */
  #giveUp(): void {
    for (const held of this.#atWork) {
      held.isGivenUp = true;
      this.#giveBack([held]);
    }
  }

  /** Gives back messages that the client has taken but delivers to nobody. */
  #sweep(deliveries: Iterable<PubsubDelivery>): void {
    const taken = this.#taken;
    for (const delivery of deliveries) if (!taken.has(delivery)) delivery.nack();
  }

  #unacknowledged(ids: readonly string[], error: unknown): void {
    const { name, bus, connection } = this.#options;
    const which = ids.length === 1 ? `message ${ids[0]}` : `${ids.length} messages`;
    const why = connection.explain(error);
    const text = `${name}, ${which}: handled, but not acknowledged, and may come again: ${why}`;
    bus.report(new EventsError('RECEIVE_FAILED', text, { cause: error }));
  }

  #report({ id }: HeldMessage, text: string, cause?: unknown): void {
    const message = `${this.#options.name}, message ${id}: ${text}`;
    this.#options.bus.report(new EventsError('RECEIVE_FAILED', message, { cause }));
  }
}
