import type { ServerDuplexStream } from '@grpc/grpc-js';
import { checkDeadline, MAX_BYTES } from './checks.ts';
import type { Delivery, Receiver } from './delivery.ts';
import { invalid, type PubsubError } from './errors.ts';
import type { State } from './state.ts';
import type { Subscription } from './subscription.ts';
import type { AckOutcome, ReceivedMessage, StreamInput } from './types.ts';

/** How long a pull waits for the first message, in ms. */
const PULL_WAIT = 5000;

interface PullOptions {
  readonly id: number;
  readonly maxMessages: number;
  readonly isCancelled: () => boolean;
  readonly waits: boolean;
}

/** Answers a pull: at once, or as soon as there is a message. */
export function pull(subscription: Subscription, options: PullOptions): Promise<object> {
  if (options.maxMessages <= 0) throw invalid('The value for max_messages must be greater than 0.');
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      subscription.receivers.delete(receiver);
    };
    const answer = (receivedMessages: readonly ReceivedMessage[]) => {
      leave();
      resolve({ receivedMessages });
    };
    const receiver: Receiver = {
      id: options.id,
      ackDeadline: subscription.config.ackDeadlineSeconds,
      held: new Set(),
      roomInBytes: MAX_BYTES,
      get room() {
        return options.isCancelled() || !subscription.receivers.has(receiver) ? 0 : options.maxMessages;
      },
      give: answer,
      end(error) {
        leave();
        reject(error);
      },
    };
    subscription.receivers.add(receiver);
    const timer = setTimeout(() => answer([]), options.waits ? PULL_WAIT : 20);
    subscription.wake();
  });
}

type Call = ServerDuplexStream<StreamInput, object>;

/** A stream of a client, from its first request on. */
export class Stream implements Receiver {
  readonly id: number;
  readonly held = new Set<Delivery>();
  ackDeadline: number;
  readonly #state: State;
  readonly #subscription: Subscription;
  readonly #call: Call;
  readonly #first: StreamInput;

  /** @throws PubsubError if the first request is not valid */
  constructor(call: Call, first: StreamInput, state: State) {
    this.id = state.nextReceiver();
    this.#state = state;
    this.#call = call;
    this.#first = first;
    this.#subscription = state.subscription(first.subscription);
    checkDeadline(first.streamAckDeadlineSeconds, state.lowestDeadline);
    this.ackDeadline = first.streamAckDeadlineSeconds;
    this.#subscription.receivers.add(this);
    this.read(first);
    this.#subscription.wake();
  }

  get room(): number {
    const limit = Number(this.#first.maxOutstandingMessages);
    return Math.min(1000, limit > 0 ? limit - this.held.size : Infinity);
  }

  get roomInBytes(): number {
    const limit = Number(this.#first.maxOutstandingBytes);
    let used = 0;
    for (const { bytes } of this.held) used += bytes;
    return Math.min(MAX_BYTES, limit > 0 ? limit - used : Infinity);
  }

  give(receivedMessages: readonly ReceivedMessage[]): void {
    this.#write({ receivedMessages });
  }

  /** Reads a request that is not the first. A client may send an empty one to ask for a sign of life. */
  next(input: StreamInput): void {
    if (input.subscription !== '' || Number(input.maxOutstandingMessages) !== 0)
      return this.end(invalid('Only the first request of a stream may have these fields.'));
    if (this.#state.faults.paused !== undefined) return;
    try {
      this.read(input);
    } catch (error) {
      this.end(error as PubsubError);
    }
  }

  read(input: StreamInput): void {
    const { ackIds, modifyDeadlineAckIds, modifyDeadlineSeconds, streamAckDeadlineSeconds } = input;
    if (modifyDeadlineAckIds.length !== modifyDeadlineSeconds.length)
      throw invalid('There must be a deadline for each ack id.');
    if (streamAckDeadlineSeconds !== 0) this.ackDeadline = streamAckDeadlineSeconds;
    const acked = byOutcome(ackIds, (id) => this.#subscription.acknowledge(id));
    const modified = byOutcome(modifyDeadlineAckIds, (id, i) =>
      this.#subscription.modify(id, modifyDeadlineSeconds[i]!),
    );
    const isExact = this.#subscription.config.enableExactlyOnceDelivery;
    const isAsked = input !== this.#first && Number(this.#first.protocolVersion) > 0;
    if (isExact && ackIds.length > 0) this.#write({ acknowledgeConfirmation: acked });
    if (isExact && modifyDeadlineAckIds.length > 0)
      this.#write({ modifyAckDeadlineConfirmation: withoutOrder(modified) });
    if (isAsked && ackIds.length + modifyDeadlineAckIds.length === 0) this.#write({});
  }

  /** Ends the call with an error. */
  end(error: PubsubError): void {
    this.#call.emit('error', error);
    this.leave();
  }

  /** Stops taking messages. Those that the stream has taken stay leased. */
  leave(): void {
    this.#subscription.receivers.delete(this);
    this.#subscription.wake();
  }

  #write(response: object): void {
    const { enableExactlyOnceDelivery, enableMessageOrdering } = this.#subscription.config;
    const subscriptionProperties = {
      exactlyOnceDeliveryEnabled: enableExactlyOnceDelivery,
      messageOrderingEnabled: enableMessageOrdering,
    };
    this.#call.write({ ...response, subscriptionProperties });
  }
}

function byOutcome(ids: readonly string[], run: (id: string, index: number) => AckOutcome) {
  const confirmation = {
    ackIds: [] as string[],
    invalidAckIds: [] as string[],
    unorderedAckIds: [] as string[],
    temporaryFailedAckIds: [] as string[],
  };
  const lists = {
    done: confirmation.ackIds,
    invalid: confirmation.invalidAckIds,
    unordered: confirmation.unorderedAckIds,
    failed: confirmation.temporaryFailedAckIds,
  };
  ids.forEach((id, index) => lists[run(id, index)].push(id));
  return confirmation;
}

function withoutOrder({ unorderedAckIds, ...confirmation }: ReturnType<typeof byOutcome>): object {
  return {
    ...confirmation,
    temporaryFailedAckIds: [...confirmation.temporaryFailedAckIds, ...unorderedAckIds],
  };
}
