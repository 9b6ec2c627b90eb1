/** A page of the reference: what stands on it, in this order. */
export interface Page {
  /** The name of the file, without its ending. */
  readonly file: string;
  readonly title: string;
  readonly intro: string;
  readonly parts: readonly Part[];
}

/** One export of an entry point. */
export interface Part {
  /** The specifier of the entry point: `''` for the root, `'sqs'` for `trpc-events/sqs`. */
  readonly entry: string;
  readonly name: string;
  /**
   * `auto` shows a function with its text and example, options as a table with defaults, and other types as a table of
   * members. `members` gives each method a heading of its own, below `as`.
   */
  readonly as: string | undefined;
}

const page = (file: string, title: string, intro: string, ...parts: readonly Part[]): Page => ({
  file,
  title,
  intro,
  parts,
});
/** Lists exports of one entry point. A name such as `Bus as bus` gives each method of `Bus` a heading: `bus.publish(…)`. */
const of = (entry: string, ...names: readonly string[]): Part[] =>
  names.map((text) => {
    const [name = '', as] = text.split(' as ');
    return { entry, name, as };
  });

export const PAGES: readonly Page[] = [
  page(
    'events',
    'Catalog, builder and dispatch',
    'The functions that define events, the builder that types them, and the ways to dispatch one.',
    ...of(
      '',
      'defineEvents',
      'defineEvent',
      'unchecked',
      'InferEvent',
      'initEvents',
      'InitEvents as initEvents',
    ),
    ...of('', 'EventsBuilder as e', 'Dispatch as ctx.dispatch', 'DispatchOptions'),
  ),
  page(
    'listeners',
    'Routers and listeners',
    'The methods of a router, what a listener gets, and the options of one listener.',
    ...of(
      '',
      'EventRouter as router',
      'ListenerArgs',
      'ListenerOptions',
      'RetryOptions',
      'Next as next',
      'noRetry',
    ),
    ...of('', 'DeadLetter', 'DeadLetterReason'),
  ),
  page(
    'bus-options',
    'Options of a bus',
    'The options of `e.bus`, and of the methods of a bus.',
    ...of('', 'BusOptions', 'Limits', 'ErrorReport', 'DiscardReport', 'DiscardReason'),
    ...of('', 'PublishOptions', 'DeliverOptions', 'MessageOrigin', 'StreamOptions', 'DrainOptions'),
    ...of('', 'DescribeOptions', 'Delivery', 'DeliveryFailure', 'EventSource'),
  ),
  page('bus', 'Bus', 'The members of a bus, as `e.bus` returns it.', ...of('', 'Bus as bus')),
  page(
    'calls',
    'Middleware, withEvents and defer strategies',
    'How a call gets a scope, and when its events are flushed.',
    ...of(
      '',
      'MiddlewareOptions',
      'auto',
      'MaxWaitOptions',
      'afterResponse',
      'inline',
      'BudgetOptions',
      'waitUntil',
    ),
    ...of('', 'withEvents', 'WithEventsOptions', 'DeferStrategy', 'DeferCall', 'StartFlush'),
  ),
  page(
    'handlers',
    'Handlers and forwarders',
    'The contract of a handler, which a router, a forwarder and `echo` fulfill, and which your own can.',
    ...of('', 'EventHandler', 'HandleOptions', 'HandleManyOptions', 'HandleManyResult', 'SendOptions'),
    ...of('', 'EventForwarder', 'echo', 'EchoOptions'),
  ),
  page(
    'observers',
    'Observers and descriptions',
    'What an observer is told, and what `bus.describe` returns.',
    ...of(
      '',
      'EventObserver',
      'ScopeInfo',
      'AttemptInfo',
      'DispatchInfo',
      'FlushInfo',
      'FlushOrigin',
      'SendInfo',
    ),
    ...of('', 'DeliveryInfo', 'Outcome', 'OutcomeFailure', 'TraceContext', 'ObservedBus'),
    ...of('', 'BusDescription', 'EventDescription', 'ListenerDescription', 'OptionsDescription'),
  ),
  page(
    'next',
    'trpc-events/next',
    'Events in Next.js outside tRPC. It needs `next` 15.1 or later.',
    ...of('next', 'withEvents', 'sharedBus', 'nextAfter'),
  ),
  page(
    'wire',
    'trpc-events/wire',
    'The codecs, which turn an event into the text of a message and back.',
    ...of('wire', 'cloudEvents', 'CloudEventsOptions', 'eventBridge', 'snsNotification', 'fastapiEvents'),
    ...of('wire', 'Codec', 'BrokerMessage', 'Envelope', 'asyncApi', 'AsyncApiOptions'),
  ),
  page(
    'queue',
    'trpc-events/queue',
    'What consumers of all queues share, for the queues of this package and for one of your own.',
    ...of(
      'queue',
      'receiver',
      'ReceiverOptions',
      'ReceivedMessage',
      'MessageLease',
      'Verdict',
      'ReceiveCounts',
    ),
    ...of(
      'queue',
      'QueueConsumer as consumer',
      'RunOptions',
      'StopOptions',
      'ConsumerStatus',
      'ConsumerState',
    ),
    ...of('queue', 'memoryDedupe', 'MemoryDedupeOptions', 'DedupeStore', 'deliveryKey'),
  ),
  page(
    'sqs',
    'trpc-events/sqs',
    'Events to Amazon SQS and from it. Forwarders and consumers need `@aws-sdk/client-sqs` 3; `sqsLambda` needs nothing.',
    ...of('sqs', 'sqsForwarder', 'SqsForwarderOptions', 'SqsRetryOptions'),
    ...of('sqs', 'sqsConsumer', 'SqsConsumerOptions', 'sqsLambda', 'SqsLambdaOptions'),
  ),
  page(
    'pubsub',
    'trpc-events/pubsub',
    'Events to Google Pub/Sub and from it. Forwarders and consumers need `@google-cloud/pubsub` 6; `pubsubPush` needs `google-auth-library` 11.',
    ...of('pubsub', 'pubsubForwarder', 'PubsubForwarderOptions', 'pubsubConsumer', 'PubsubConsumerOptions'),
    ...of('pubsub', 'pubsubPush', 'PubsubPushOptions'),
  ),
  page(
    'otel',
    'trpc-events/otel',
    'Traces and metrics. It needs `@opentelemetry/api` 1.9 or later.',
    ...of('otel', 'openTelemetry', 'OpenTelemetryOptions'),
  ),
  page(
    'inspector',
    'trpc-events/inspector',
    'An [inspector](https://github.com/trpc-events/trpc-events/blob/main/docs/inspector.md) for development, and `trpc-events/inspector/story`, the model that its page is drawn from.',
    ...of('inspector', 'createInspector', 'InspectorOptions', 'Inspector as inspector', 'ListenOptions'),
    ...of('inspector', 'FollowOptions'),
    ...of('inspector/story', 'Story', 'rowsOf'),
  ),
  page(
    'testing',
    'trpc-events/testing',
    'Tools for tests. They know no test runner, and work with any.',
    ...of('testing', 'recordEvents', 'EventRecorder as events', 'testBus', 'Faults', 'TestControls'),
    ...of('testing', 'handlerConformance', 'ConformanceOptions', 'HandlerCapabilities', 'ConformanceCase'),
  ),
];

/** Types whose members are shown with their defaults though their names don't end in `Options`. */
export const LIKE_OPTIONS: ReadonlySet<string> = new Set(['Limits', 'Faults', 'HandlerCapabilities']);

/** Types that another page or table shows: the error class, and options that are a part of others or have them as a part. */
export const SHOWN_ELSEWHERE: ReadonlySet<string> = new Set([
  'EventsError',
  'BusBaseOptions',
  'ReceiveOptions',
  'TestBusOptions',
]);
