import { checkDeadline, checkName, checkPolicies, checkPublish } from './checks.ts';
import { ackFailures, exists, PubsubError } from './errors.ts';
import { pull } from './receivers.ts';
import type { State } from './state.ts';
import type { Subscription } from './subscription.ts';
import { toMs, type AckOutcome, type Input } from './types.ts';

type Operation = (input: Input, isCancelled: () => boolean) => unknown;
type Operations = Readonly<Record<string, Operation>>;

/** Makes the operations of the service `Publisher`. */
export function publisherOf(state: State): Operations {
  return {
    createTopic(input) {
      checkName('topics', input.name);
      if (state.topics.has(input.name)) throw exists(input.name);
      state.topics.set(input.name, input);
      return input;
    },
    getTopic: ({ topic }) => state.topic(topic),
    listTopics: () => ({ topics: [...state.topics.values()] }),
    deleteTopic: ({ topic }) => (state.deleteTopic(topic), {}),
    listTopicSubscriptions: ({ topic }) => ({
      subscriptions: state.subscriptionsOf(state.topic(topic).name).map(({ config }) => config.name),
    }),
    publish(input) {
      state.topic(input.topic);
      checkPublish(input);
      return { messageIds: input.messages.map((message) => state.accept(input.topic, message)) };
    },
  };
}

/** Makes the unary operations of the service `Subscriber`. */
export function subscriberOf(state: State): Operations {
  return {
    createSubscription(input) {
      checkName('subscriptions', input.name);
      if (state.subscriptions.has(input.name)) throw exists(input.name);
      state.topic(input.topic);
      if (input.deadLetterPolicy) state.topic(input.deadLetterPolicy.deadLetterTopic);
      checkPolicies(input);
      const ackDeadlineSeconds = input.ackDeadlineSeconds || 10;
      checkDeadline(ackDeadlineSeconds, state.lowestDeadline);
      return state.subscribe({ ...input, ackDeadlineSeconds }).config;
    },
    getSubscription: ({ subscription }) => state.subscription(subscription).config,
    listSubscriptions: () => ({
      subscriptions: [...state.subscriptions.values()].map(({ config }) => config),
    }),
    deleteSubscription({ subscription: name }) {
      const subscription = state.subscription(name);
      state.subscriptions.delete(name);
      subscription.stop();
      for (const receiver of subscription.receivers)
        receiver.end(new PubsubError('NOT_FOUND', 'Subscription does not exist.'));
      return {};
    },
    pull: ({ subscription, maxMessages, returnImmediately }, isCancelled) =>
      pull(state.subscription(subscription), {
        id: state.nextReceiver(),
        maxMessages,
        isCancelled,
        waits: !returnImmediately,
      }),
    acknowledge(input) {
      const subscription = state.subscription(input.subscription);
      return settle(subscription, input.ackIds, (id) => subscription.acknowledge(id));
    },
    modifyAckDeadline(input) {
      const { ackIds, ackDeadlineSeconds } = input;
      const subscription = state.subscription(input.subscription);
      checkDeadline(ackDeadlineSeconds, 0);
      return settle(subscription, ackIds, (id) => subscription.modify(id, ackDeadlineSeconds));
    },
    seek({ subscription, time }) {
      if (!time) throw new PubsubError('UNIMPLEMENTED', 'This server has no snapshots.');
      state.subscription(subscription).seek(toMs(time));
      return {};
    },
  };
}

/** Makes the operations of the service `IAMPolicy`, which Pub/Sub has too. */
export function policyOf(state: State): Operations {
  return {
    testIamPermissions({ resource, permissions }) {
      if (resource.includes('/topics/')) state.topic(resource);
      else state.subscription(resource);
      return { permissions: permissions.filter((permission) => !state.denied.has(permission)) };
    },
  };
}

const REASONS: Readonly<Record<Exclude<AckOutcome, 'done'>, string>> = {
  invalid: 'PERMANENT_FAILURE_INVALID_ACK_ID',
  unordered: 'TRANSIENT_FAILURE_UNORDERED_ACK_ID',
  failed: 'TRANSIENT_FAILURE_SERVICE_UNAVAILABLE',
};

/** Calls `run` for each ack id. Only with exactly-once delivery does the client hear which ones have failed. */
function settle({ config }: Subscription, ackIds: readonly string[], run: (id: string) => AckOutcome) {
  const reasons: Record<string, string> = {};
  for (const id of ackIds) {
    const outcome = run(id);
    if (outcome !== 'done') reasons[id] = REASONS[outcome];
  }
  if (config.enableExactlyOnceDelivery && Object.keys(reasons).length > 0) throw ackFailures(reasons);
  return {};
}
