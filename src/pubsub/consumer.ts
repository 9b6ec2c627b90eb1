import { EventsError } from '../core/words/errors.ts';
import { aCount, readOptions, type Rules } from '../core/words/options.ts';
import { Connection } from '../queue/connection.ts';
import type { ConsumingBus, QueueConsumer } from '../queue/consumer-types.ts';
import { makeConsumer } from '../queue/consumer.ts';
import { assertBus, WHY_UNDEFINED } from '../queue/options.ts';
import { handling, RECEIVE_OPTIONS } from '../queue/receiver.ts';
import type { ReceiveOptions } from '../queue/types.ts';
import { explain } from './client/errors.ts';
import { aClientWith, aSubscription } from './client/options.ts';
import { readResource } from './client/resource.ts';
import { SubscriptionClient } from './client/subscription.ts';
import type { PubsubSubscriberClient } from './client/types.ts';
import { PubsubIntake } from './receive/intake.ts';

/** The options of `pubsubConsumer`. */
export interface PubsubConsumerOptions extends ReceiveOptions {
  /**
   * The subscription: its ID, in the project of the client, or its full name, such as
   * `projects/my-project/subscriptions/orders-worker`. If it has message ordering, the messages of one key are handled one
   * at a time, in order.
   */
  subscription: string;
  /** A `PubSub` of `@google-cloud/pubsub`. Default: a new one, from the environment. */
  client?: PubsubSubscriberClient | undefined;
  /** How many messages are handled at a time, each by itself. Ten times as many may wait for that. Default: 10. */
  concurrency?: number | undefined;
}

/** The number of messages held, as a multiple of `concurrency`: those at work, and those that wait, mostly for their key. */
const ROOM = 11;
/**
 * How long a message may wait for its key before places are opened for other keys, in ms. Opening them sooner costs more
 * than it gains: with more streams, a key whose messages fail changes workers more often.
 */
const PATIENCE = 10_000;

const OPTIONS: Rules = {
  ...RECEIVE_OPTIONS,
  subscription: aSubscription,
  client: aClientWith('subscription'),
  concurrency: aCount,
};

/**
 * Makes a consumer of a pull subscription of Pub/Sub: it takes messages, delivers them to a bus, and acknowledges each
 * when everything that it led to is done. It takes nothing before `start` or `run`.
 *
 * A message that has failed comes again as the subscription's retry policy says. **Without a policy, it comes again at
 * once.**
 *
 * @throws EventsError `BAD_OPTION`
 *
 * @example
 * ```ts
 * import { pubsubConsumer } from 'trpc-events/pubsub';
 *
 * await pubsubConsumer(bus, { subscription: 'orders-worker', concurrency: 20 }).run();
 * ```
 */
export function pubsubConsumer(bus: ConsumingBus, options: PubsubConsumerOptions): QueueConsumer {
  return consumerWith(PATIENCE, bus, options);
}

/** Makes a consumer that opens places for other keys after `patience` ms. Tests need a shorter time than applications. */
export function consumerWith(patience: number, bus: ConsumingBus, options: PubsubConsumerOptions) {
  assertBus('pubsubConsumer', bus);
  const {
    subscription,
    client,
    concurrency = 10,
    ...receiving
  } = readOptions('pubsubConsumer', options, OPTIONS);
  if (subscription === undefined)
    throw new EventsError(
      'BAD_OPTION',
      `pubsubConsumer: it needs subscription, ${aSubscription.words}. ${WHY_UNDEFINED}`,
    );
  const resource = readResource('subscriptions', subscription)!;
  const destination = resource.id;
  const name = `pubsub/${destination}`;
  const receive = handling(bus, { ...receiving, name, system: 'gcp.pubsub', destination });
  const connection = new Connection(bus, name, (error) => explain(error, subscription, 'receive'));
  return makeConsumer(bus, {
    name,
    counts: receive.counts,
    connection,
    intake: (stopSoon) =>
      new PubsubIntake({
        name,
        client: new SubscriptionClient(resource, concurrency * ROOM, client),
        concurrency,
        bus,
        connection,
        receive,
        patience,
        stopSoon,
      }),
  });
}
