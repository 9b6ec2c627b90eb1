import type { EventDescription, ListenerDescription, OptionsDescription } from '../../core/types/describe.ts';

/** A broker, as the Server Object of AsyncAPI describes it. */
export interface AsyncApiServer {
  /** The host, and the port if there is one. */
  readonly host: string;
  /** The protocol, as AsyncAPI names it: `'sqs'`, `'googlepubsub'`, `'nats'`. */
  readonly protocol: string;
  readonly protocolVersion?: string | undefined;
  readonly pathname?: string | undefined;
  readonly title?: string | undefined;
  readonly summary?: string | undefined;
  readonly description?: string | undefined;
  readonly variables?: Readonly<Record<string, object>> | undefined;
  readonly security?: readonly object[] | undefined;
  readonly tags?: readonly object[] | undefined;
  readonly externalDocs?: object | undefined;
  readonly bindings?: Readonly<Record<string, object>> | undefined;
  readonly [extension: `x-${string}`]: unknown;
}

/** The options of `asyncApi`. */
export interface AsyncApiOptions {
  /** The name of the application. */
  title: string;
  /** The version of the application's API, such as `'1.4.0'`. */
  version: string;
  /** The brokers, by names of letters, digits, `_` and `-`. Default: none. */
  servers?: Readonly<Record<string, AsyncApiServer>> | undefined;
}

/** A pointer to another place of the document. */
export interface AsyncApiReference {
  readonly $ref: string;
}

/** An event, or the destination of a forwarder. */
export interface AsyncApiChannel {
  /** The name of the event or of the forwarder, or null if the name would not be an address in AsyncAPI. */
  readonly address: string | null;
  /** The name of the forwarder. */
  readonly title?: string;
  readonly messages: Readonly<Record<string, AsyncApiReference>>;
}

/** The operation of a listener on one event, or of a forwarder on all of its events. */
export interface AsyncApiOperation {
  readonly action: 'send' | 'receive';
  /** The name of the listener, the handler or the forwarder. */
  readonly title: string;
  readonly channel: AsyncApiReference;
  readonly messages: readonly AsyncApiReference[];
  readonly 'x-trpc-events': Omit<ListenerDescription, 'events'>;
}

/** The message of an event. */
export interface AsyncApiMessage {
  readonly name: string;
  readonly contentType: string;
  readonly correlationId: { readonly location: string };
  readonly payload: Readonly<Record<string, unknown>>;
  readonly 'x-trpc-events': Omit<EventDescription, 'name' | 'schema'>;
}

/** The wiring of a bus as a document of AsyncAPI 3.1, as plain JSON. A type alias, since the parser takes no interface. */
export type AsyncApiDocument = {
  readonly asyncapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly servers?: Readonly<Record<string, AsyncApiServer>>;
  readonly channels: Readonly<Record<string, AsyncApiChannel>>;
  readonly operations: Readonly<Record<string, AsyncApiOperation>>;
  readonly components: {
    readonly messages: Readonly<Record<string, AsyncApiMessage>>;
    readonly schemas: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  readonly 'x-trpc-events': { readonly options: OptionsDescription };
};
