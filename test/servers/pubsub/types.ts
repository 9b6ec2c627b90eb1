/** The parts of the gRPC protocol that the server reads and writes. `proto-loader` gives every field its default. */
export interface WireTime {
  readonly seconds: string;
  readonly nanos: number;
}
export interface WireMessage {
  readonly data: Buffer;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageId: string;
  readonly publishTime: WireTime | null;
  readonly orderingKey: string;
}
export interface ReceivedMessage {
  readonly ackId: string;
  readonly message: WireMessage;
  /** 0 unless the subscription has a dead-letter policy. */
  readonly deliveryAttempt: number;
}

/** The settings of a subscription that the server knows. */
export interface SubscriptionConfig {
  readonly name: string;
  topic: string;
  readonly ackDeadlineSeconds: number;
  readonly filter: string;
  readonly enableMessageOrdering: boolean;
  readonly enableExactlyOnceDelivery: boolean;
  readonly retainAckedMessages: boolean;
  readonly deadLetterPolicy: {
    readonly deadLetterTopic: string;
    readonly maxDeliveryAttempts: number;
  } | null;
  readonly retryPolicy: {
    readonly minimumBackoff: WireTime | null;
    readonly maximumBackoff: WireTime | null;
  } | null;
}

/** Everything that a unary request may have. Each operation reads its own part. */
export interface Input extends SubscriptionConfig {
  readonly subscription: string;
  readonly messages: readonly WireMessage[];
  readonly ackIds: readonly string[];
  readonly maxMessages: number;
  readonly returnImmediately: boolean;
  readonly time: WireTime | null;
  readonly resource: string;
  readonly permissions: readonly string[];
}

/** A request of a client on a stream. The first one opens it. */
export interface StreamInput {
  readonly subscription: string;
  readonly ackIds: readonly string[];
  readonly modifyDeadlineAckIds: readonly string[];
  readonly modifyDeadlineSeconds: readonly number[];
  readonly streamAckDeadlineSeconds: number;
  readonly maxOutstandingMessages: string;
  readonly maxOutstandingBytes: string;
  readonly protocolVersion: string;
}

/** The outcome of an ack. Only subscriptions with exactly-once delivery tell it to their clients. */
export type AckOutcome = 'done' | 'invalid' | 'unordered' | 'failed';

/** Something that happened to a message. */
export interface LogEntry {
  /** `late` is an ack, a nack or an extension of a lease that was over. `lost` is one that a fault has swallowed. */
  readonly action:
    | 'publish'
    | 'deliver'
    | 'ack'
    | 'nack'
    | 'extend'
    | 'expire'
    | 'dead-letter'
    | 'late'
    | 'lost';
  /** The ID of the topic, for `publish`. */
  readonly topic?: string;
  /** The ID of the subscription, for everything else. */
  readonly subscription?: string;
  readonly messageId: string;
  readonly data: string;
  readonly orderingKey: string;
  /** The time at which it happened, in ms since 1970. */
  readonly at: number;
  readonly ackId?: string | undefined;
  /** The deadline that was given, in seconds, for `deliver` and `extend`, and for `late`, if it was no ack. */
  readonly seconds?: number | undefined;
  /** The number of this attempt to deliver the message, from 1, for `deliver`. */
  readonly attempt?: number | undefined;
  /** The number of the stream or pull that has the message, from 1, for `deliver`. */
  readonly receiver?: number | undefined;
}

/** Returns what follows the last slash of a resource's name. */
export const idOf = (name: string): string => name.split('/').at(-1)!;

export const toWireTime = (ms: number): WireTime => ({
  seconds: String(Math.floor(ms / 1000)),
  nanos: (ms % 1000) * 1e6,
});

/** Returns the ms of a time or of a duration. */
export const toMs = ({ seconds, nanos }: WireTime): number => Number(seconds) * 1000 + nanos / 1e6;
