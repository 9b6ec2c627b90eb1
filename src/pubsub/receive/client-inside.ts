/**
 * Facts that the client knows but doesn't expose. They are read from its private fields, each of which may be missing in
 * another version. Then nothing is lost, but something is slower or less exact.
 *
 * @module
 */
import { isObject } from '../../core/words/guards.ts';
import type { PubsubDelivery } from '../client/types.ts';

/** The fields of the subscriber in a subscription, as far as they exist. */
interface Inside {
  readonly _inventory?: { readonly _messages?: ReadonlySet<PubsubDelivery> };
  readonly subscriptionProperties?: {
    readonly messageOrderingEnabled?: boolean;
    readonly exactlyOnceDeliveryEnabled?: boolean;
  };
}

function inside(subscription: object): Inside {
  const { _subscriber: subscriber } = subscription as { readonly _subscriber?: unknown };
  return isObject(subscriber) ? subscriber : {};
}

/**
 * Returns the messages that the client extends, including those whose acks have no answer. With exactly-once delivery, they
 * include those that it has confirmed after its close began, which it delivers to nobody.
 */
export function heldInside(subscription: object): ReadonlySet<PubsubDelivery> | undefined {
  return inside(subscription)._inventory?._messages;
}

/** Returns false if Pub/Sub gives out the messages of a key in any order. */
export function isOrdered(subscription: object): boolean {
  return inside(subscription).subscriptionProperties?.messageOrderingEnabled !== false;
}

/** Returns true if Pub/Sub answers each ack. */
export function isExactlyOnce(subscription: object): boolean {
  return inside(subscription).subscriptionProperties?.exactlyOnceDeliveryEnabled === true;
}
