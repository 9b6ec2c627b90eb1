/** The members of a PubSub client that are called here. The package is not named, because declarations must not need it. */
export interface PubsubAuth {
  readonly auth: {
    getProjectId(): Promise<string>;
    getClient(): Promise<unknown>;
  };
}

/** The parts of a PubSub client that a forwarder calls. */
export interface PubsubClient extends PubsubAuth {
  topic(name: string): PubsubTopic;
}

/** The parts of a PubSub client that a consumer calls. */
export interface PubsubSubscriberClient extends PubsubAuth {
  subscription(name: string, options?: never): PubsubSubscription;
}

/** The parts of a subscription that are called. */
export interface PubsubSubscription {
  readonly isOpen: boolean;
  readonly iam: { testPermissions(permissions: string[], options?: object): Promise<readonly unknown[]> };
  on(event: never, listener: never): unknown;
  setOptions(options: never): void;
  close(): Promise<void>;
}

/** The parts of a message from a subscription that are used. */
export interface PubsubDelivery {
  readonly id: string;
  readonly ackId: string;
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey?: string | undefined;
  readonly publishTime?: Date | undefined;
  /** The number of the delivery, or 0 if the subscription has no dead-letter policy. */
  readonly deliveryAttempt?: number | undefined;
  /** When it was received, in ms since 1970. The client extends a message for some hours from then. */
  received: number;
  nack(): void;
  ackWithResponse(): Promise<unknown>;
}

/** The parts of a topic that are called. */
export interface PubsubTopic {
  readonly iam: { testPermissions(permissions: string[], options?: object): Promise<readonly unknown[]> };
  request(config: never, callback: never): void;
}
