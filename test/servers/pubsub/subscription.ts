import { randomUUID } from 'node:crypto';
import { backoffOf } from './checks.ts';
import { Delivery, Lines, type Receiver } from './delivery.ts';
import { invalid } from './errors.ts';
import { readFilter } from './filter.ts';
import type { Faults } from './faults.ts';
import { idOf, toMs, type AckOutcome, type LogEntry, type ReceivedMessage } from './types.ts';
import type { SubscriptionConfig, WireMessage } from './types.ts';

/** The state that the subscriptions of one server share. */
export interface SubscriptionSet {
  readonly log: LogEntry[];
  readonly faults: Faults;
  /** Accepts a message that can not be delivered, for the topic of dead letters. */
  forward(topic: string, message: WireMessage): void;
}

/** A subscription with its messages. */
export class Subscription {
  readonly config: SubscriptionConfig;
  /** The streams and pulls that are open. */
  readonly receivers = new Set<Receiver>();
  readonly #set: SubscriptionSet;
  readonly #matches: ReturnType<typeof readFilter>;
  /** The deliveries that wait to go out, in the order of publishing. */
  #waiting: Delivery[] = [];
  readonly #lines = new Lines();
  /** The delivery of each ack id ever given. */
  readonly #byAckId = new Map<string, Delivery>();
  /** Messages to seek: all that are not acknowledged, and the others if the subscription retains them. */
  readonly #kept = new Set<Delivery>();
  #sequence = 0;
  #turn = 0;
  #isAwake = false;

  constructor(config: SubscriptionConfig, set: SubscriptionSet) {
    this.config = config;
    this.#set = set;
    this.#matches = readFilter(config.filter);
  }

  get id(): string {
    return idOf(this.config.name);
  }

  /** The number of messages that wait to go out, and of those that are out. */
  get counts(): { readonly waiting: number; readonly out: number } {
    let out = 0;
    for (const { lease } of this.#kept) if (lease !== undefined) out++;
    return { waiting: this.#waiting.length, out };
  }

  add(message: WireMessage): void {
    if (!this.#matches(message.attributes)) return;
    const delivery = new Delivery(message, this.#sequence++);
    this.#waiting.push(delivery);
    this.#kept.add(delivery);
    this.wake();
  }

  /** Gives messages to the receivers that can take them, in the next turn of the event loop. */
  wake(afterMs = 0): void {
    if (afterMs > 0) return void setTimeout(() => this.wake(), afterMs + 1).unref();
    if (this.#isAwake) return;
    this.#isAwake = true;
    setImmediate(() => {
      this.#isAwake = false;
      const { paused } = this.#set.faults;
      if (paused === undefined) this.#giveOut();
      else void paused.then(() => this.wake());
    });
  }

  /** @throws PubsubError if the subscription has never given such an ack id */
  acknowledge(ackId: string): AckOutcome {
    const delivery = this.#find(ackId);
    if (delivery.lease?.ackId !== ackId) return this.#late(delivery, ackId);
    const fault = this.#faultOf(delivery, 'ack');
    if (fault !== undefined) return fault;
    const { enableExactlyOnceDelivery } = this.config;
    const isOrdered = this.#isOrdered(delivery);
    if (isOrdered && enableExactlyOnceDelivery && !this.#lines.isFirst(delivery)) return 'unordered';
    this.#log('ack', delivery, { ackId });
    delivery.endLease();
    delivery.isAcked = true;
    const done = isOrdered ? this.#lines.prune(delivery.message.orderingKey) : [delivery];
    if (!this.config.retainAckedMessages) for (const each of done) this.#kept.delete(each);
    this.wake();
    return 'done';
  }

  /** Extends a lease, or ends it, with 0 seconds. @throws PubsubError as `acknowledge` */
  modify(ackId: string, seconds: number): AckOutcome {
    const delivery = this.#find(ackId);
    if (delivery.lease?.ackId !== ackId) return this.#late(delivery, ackId, seconds);
    const fault = this.#faultOf(delivery, seconds > 0 ? 'extend' : 'nack');
    if (fault !== undefined) return fault;
    if (seconds === 0) this.#fail(delivery, 'nack');
    else {
      clearTimeout(delivery.lease.timer);
      delivery.lease.timer = this.#expireIn(delivery, seconds);
      this.#log('extend', delivery, { ackId, seconds });
    }
    return 'done';
  }

  /** Ends the leases of messages at once, as if their deadlines were over. */
  expire(matches: (message: WireMessage) => boolean = () => true): void {
    for (const delivery of this.#kept)
      if (delivery.lease !== undefined && matches(delivery.message)) this.#fail(delivery, 'expire');
  }

  /** Acknowledges all messages that were published before a time, and lets the others come again. */
  seek(time: number): void {
    this.stop();
    for (const delivery of this.#kept) {
      delivery.isAcked = toMs(delivery.message.publishTime!) < time;
      delivery.notBefore = 0;
    }
    this.#waiting = [...this.#kept].filter(({ isAcked }) => !isAcked);
    this.#lines.clear();
    this.wake();
  }

  /** Ends all leases, so that no timer is left. */
  stop(): void {
    for (const delivery of this.#kept) delivery.endLease();
  }

  /** Gives each receiver its share of the waiting messages, round after round, until none takes any. */
  #giveOut(): void {
    const all = [...this.receivers];
    const first = this.#turn++ % all.length;
    const receivers = [...all.slice(first), ...all.slice(0, first)];
    for (let goesOn = all.length > 0; goesOn;) {
      goesOn = false;
      const takers = this.#takers();
      const share = Math.ceil(this.#waiting.length / receivers.length);
      for (const receiver of receivers) {
        if (takers?.has(receiver) === false) continue;
        const taken = this.#take(receiver, Math.min(receiver.room, share));
        if (taken.length === 0) continue;
        goesOn = true;
        receiver.give(taken.map((delivery) => this.#lease(delivery, receiver)));
      }
    }
  }

  /** Returns the receivers that may take a waiting message, so that others need not look, or `undefined` if all may. */
  #takers(): ReadonlySet<Receiver> | undefined {
    const takers = new Set<Receiver>();
    const keys = new Set<string>();
    for (const delivery of this.#waiting) {
      const key = this.#isOrdered(delivery) ? delivery.message.orderingKey : undefined;
      if (key !== undefined && keys.has(key)) continue;
      if (key !== undefined) keys.add(key);
      if (delivery.notBefore > Date.now()) continue;
      const holder = key === undefined ? undefined : this.#lines.holderOf(key);
      if (holder === undefined) return undefined;
      takers.add(holder);
    }
    return takers;
  }

  #take(receiver: Receiver, limit: number): readonly Delivery[] {
    const now = Date.now();
    const taken: Delivery[] = [];
    const passed: Delivery[] = [];
    const keys = new Map<string, boolean>();
    let bytes = receiver.roomInBytes;
    let seen = 0;
    for (const delivery of this.#waiting) {
      if (taken.length >= limit || bytes <= 0) break;
      seen++;
      const { orderingKey } = delivery.message;
      const key = this.#isOrdered(delivery) ? orderingKey : undefined;
      const isFree =
        key === undefined || (keys.get(key) ?? [undefined, receiver].includes(this.#lines.holderOf(key)));
      const goes = isFree && delivery.notBefore <= now;
      if (key !== undefined) keys.set(key, goes);
      (goes ? taken : passed).push(delivery);
      if (goes) bytes -= delivery.bytes;
    }
    this.#waiting = passed.concat(this.#waiting.slice(seen));
    return taken;
  }

  #lease(delivery: Delivery, receiver: Receiver): ReceivedMessage {
    const ackId = `${this.id}#${delivery.message.messageId}#${randomUUID()}`;
    const timer = this.#expireIn(delivery, receiver.ackDeadline);
    delivery.lease = { ackId, receiver, timer };
    delivery.isAcked = false;
    receiver.held.add(delivery);
    this.#byAckId.set(ackId, delivery);
    if (this.#isOrdered(delivery)) this.#lines.add(delivery);
    const attempt = delivery.failures + 1;
    this.#log('deliver', delivery, { ackId, seconds: receiver.ackDeadline, attempt, receiver: receiver.id });
    const deliveryAttempt = this.config.deadLetterPolicy ? attempt : 0;
    return { ackId, message: delivery.message, deliveryAttempt };
  }

  #expireIn(delivery: Delivery, seconds: number): NodeJS.Timeout {
    return setTimeout(() => this.#fail(delivery, 'expire'), 1000 * seconds).unref();
  }

  /** Ends a lease without an ack: the message, and all later ones of its ordering key, come again. */
  #fail(delivery: Delivery, action: 'nack' | 'expire'): void {
    this.#log(action, delivery, { ackId: delivery.lease?.ackId });
    const back = this.#isOrdered(delivery) ? [...this.#lines.cutFrom(delivery)] : [delivery];
    for (const each of back) each.endLease();
    delivery.failures++;
    if (this.#deadLetter(delivery)) back.shift();
    else if (this.config.retryPolicy) {
      const { minimum, maximum } = backoffOf(this.config.retryPolicy);
      const wait = Math.min(maximum, minimum * 2 ** (delivery.failures - 1));
      delivery.notBefore = Date.now() + wait;
      this.wake(wait);
    }
    this.#waiting = [...back, ...this.#waiting].sort((a, b) => a.sequence - b.sequence);
    this.wake();
  }

  #deadLetter(delivery: Delivery): boolean {
    const policy = this.config.deadLetterPolicy;
    if (!policy || delivery.failures < (policy.maxDeliveryAttempts || 5)) return false;
    this.#log('dead-letter', delivery);
    this.#kept.delete(delivery);
    const attributes = {
      ...delivery.message.attributes,
      CloudPubSubDeadLetterSourceSubscription: this.id,
      CloudPubSubDeadLetterSourceSubscriptionProject: this.config.name.split('/')[1]!,
      CloudPubSubDeadLetterSourceDeliveryCount: String(delivery.failures),
      CloudPubSubDeadLetterSourceTopicPublishTime: new Date(
        toMs(delivery.message.publishTime!),
      ).toISOString(),
    };
    this.#set.forward(policy.deadLetterTopic, { ...delivery.message, attributes });
    return true;
  }

  #isOrdered({ message }: Delivery): boolean {
    return this.config.enableMessageOrdering && message.orderingKey !== '';
  }

  #find(ackId: string): Delivery {
    const delivery = this.#byAckId.get(ackId);
    if (delivery !== undefined) return delivery;
    throw invalid(`You have passed an invalid ack ID to the service (ack_id=${ackId}).`);
  }

  #faultOf(delivery: Delivery, operation: 'ack' | 'nack' | 'extend'): AckOutcome | undefined {
    const fault = this.#set.faults.judgeAck(delivery.message, operation);
    if (fault === undefined) return undefined;
    this.#log('lost', delivery, { ackId: delivery.lease?.ackId });
    return fault === 'transient' ? 'failed' : 'invalid';
  }

  /** Logs an ack or a change of a deadline that comes too late. `seconds` is the new deadline. */
  #late(delivery: Delivery, ackId: string, seconds?: number): AckOutcome {
    this.#log('late', delivery, { ackId, seconds });
    return 'invalid';
  }

  #log(action: LogEntry['action'], { message }: Delivery, more: Partial<LogEntry> = {}): void {
    const { messageId, orderingKey } = message;
    const data = message.data.toString();
    const entry = { action, subscription: this.id, messageId, data, orderingKey, at: Date.now() };
    this.#set.log.push({ ...entry, ...more });
  }
}
