/** The parts of a PubSub client that are called. The package itself is not named here: declarations must not need it. */
export interface PubsubClient {
  readonly auth: {
    getProjectId(): Promise<string>;
    getClient(): Promise<unknown>;
  };
  topic(name: string): PubsubTopic;
}

/** A topic, in the parts that are called. */
export interface PubsubTopic {
  readonly iam: { testPermissions(permissions: string[], options?: object): Promise<readonly unknown[]> };
  request(config: never, callback: never): void;
}
