import { unknownSubscription, unknownTopic } from './errors.ts';
import { Faults } from './faults.ts';
import { Subscription } from './subscription.ts';
import { idOf, toWireTime, type LogEntry, type SubscriptionConfig, type WireMessage } from './types.ts';

/** The topic that a subscription names after its own topic was deleted. */
const DELETED_TOPIC = '_deleted-topic_';

/** The topics and subscriptions of one server, by their full names, and what happened to them. */
export class State {
  readonly faults = new Faults();
  readonly topics = new Map<string, { readonly name: string }>();
  readonly subscriptions = new Map<string, Subscription>();
  readonly log: LogEntry[] = [];
  /** The lowest ack deadline that can be requested, in seconds. Google's is 10. */
  lowestDeadline = 10;
  /** The permissions that nobody has, such as `pubsub.topics.publish`. They make no request fail, unlike faults. */
  readonly denied = new Set<string>();
  #messages = 0;
  #receivers = 0;

  topic(name: string): { readonly name: string } {
    const topic = this.topics.get(name);
    if (topic === undefined) throw unknownTopic(name);
    return topic;
  }

  subscription(name: string): Subscription {
    const subscription = this.subscriptions.get(name);
    if (subscription === undefined) throw unknownSubscription(name);
    return subscription;
  }

  subscribe(config: SubscriptionConfig): Subscription {
    const subscription = new Subscription(config, {
      log: this.log,
      faults: this.faults,
      forward: (topic, message) => void this.accept(topic, message),
    });
    this.subscriptions.set(config.name, subscription);
    return subscription;
  }

  /** Accepts a message, and returns its id. */
  accept(topic: string, { data, attributes, orderingKey }: WireMessage): string {
    const messageId = String(++this.#messages);
    const at = Date.now();
    const message = { data, attributes, orderingKey, messageId, publishTime: toWireTime(at) };
    this.log.push({
      action: 'publish',
      topic: idOf(topic),
      messageId,
      data: data.toString(),
      orderingKey,
      at,
    });
    for (const subscription of this.subscriptionsOf(topic)) subscription.add(message);
    return messageId;
  }

  subscriptionsOf(topic: string): readonly Subscription[] {
    return [...this.subscriptions.values()].filter(({ config }) => config.topic === topic);
  }

  deleteTopic(name: string): void {
    this.topics.delete(this.topic(name).name);
    for (const { config } of this.subscriptionsOf(name)) config.topic = DELETED_TOPIC;
  }

  /** Returns the number of a new stream or pull, from 1. */
  nextReceiver(): number {
    return ++this.#receivers;
  }
}
