/**
 * Typed events for tRPC: dispatched in a procedure, handled after its response.
 *
 * @example
 * ```ts
 * import { defineEvents, initEvents } from 'trpc-events';
 *
 * const e = initEvents.create(defineEvents({ 'user.created': z.object({ id: z.string() }) }));
 * const eventRouter = e.router().on('user.*', ({ event }) => console.log(event.payload.id));
 * const bus = e.bus({ handlers: [eventRouter] });
 * const procedure = t.procedure.use(bus.middleware());
 * ```
 *
 * @module
 */
export { defineEvent, defineEvents, unchecked } from './core/catalog/catalog.ts';
export { noRetry } from './core/attempt/no-retry.ts';
export { EventsError, type EventsErrorCode } from './core/words/errors.ts';
export { afterResponse, type MaxWaitOptions } from './defer/after-response.ts';
export { auto } from './defer/auto.ts';
export { inline, type BudgetOptions } from './defer/inline.ts';
export { waitUntil, type WaitUntil } from './defer/wait-until.ts';
export { echo, type EchoOptions } from './handlers/echo.ts';
export type { WithEventsOptions } from './http/options.ts';
export { withEvents, type WithEvents } from './http/with-events.ts';
export { initEvents, type EventsBuilder, type InitEvents } from './init.ts';
export type {
  Bus,
  EventsMiddleware,
  MakesMiddleware,
  MiddlewareNotCalled,
  MiddlewareOptions,
} from './trpc/bus.ts';

// Types that users write themselves.
export type { DeferCall, DeferStrategy, StartFlush } from './core/types/defer.ts';
export type { ExternalCall, ExternalScope, OpensExternalScopes } from './core/types/external-call.ts';
export type { DefaultMeta, AnyEvent, Envelope, TypedEvent } from './core/types/event.ts';
export type {
  EventForwarder,
  EventHandler,
  HandleManyOptions,
  HandleManyResult,
  HandleOptions,
  SendOptions,
} from './core/types/handler.ts';
export type {
  AttemptInfo,
  DeliveryInfo,
  DiscardReason,
  DispatchInfo,
  EventObserver,
  FlushInfo,
  FlushOrigin,
  ObservedBus,
  Outcome,
  OutcomeFailure,
  RunStep,
  ScopeInfo,
  SendInfo,
  TraceContext,
} from './core/types/observer.ts';
export type {
  DeadLetter,
  DeadLetterReason,
  DeliverOptions,
  Delivery,
  DeliveryFailure,
  EventSource,
  MessageOrigin,
  ReachedListener,
  RetryOptions,
} from './core/types/delivery.ts';
export type { InferEvent } from './core/types/select.ts';

export type {
  BusDescription,
  Describable,
  DescribeOptions,
  EventDescription,
  JsonSchemaTarget,
  ListenerDescription,
  OptionsDescription,
} from './core/types/describe.ts';

// Types that inferred types mention. Without these, a package that exports a router can't emit declarations (TS2742).
export type { AnyApp, EventApp, Merge, Overwrite, Simplify } from './core/types/app.ts';
export type {
  BusBaseOptions,
  BusOptions,
  CreateContext,
  DiscardReport,
  ErrorReport,
  Limits,
  MetaOf,
} from './core/types/bus-options.ts';
export type { CoreBus, DrainOptions, EventFor, ScopeTools, StreamOptions } from './core/types/bus.ts';
export type {
  CheckedHandler,
  ContextDiffers,
  ContextLacks,
  ListensToOtherEvents,
  SchemaRejectsItsOwnOutput,
} from './core/types/checked-handler.ts';
export type {
  AnyCatalog,
  AnyCatalogTypes,
  AnyEventDefinition,
  Catalog,
  CatalogTypes,
  EventDefinition,
  EventShape,
  EventsObject,
  EventValue,
  PayloadArgs,
  ShapeOf,
  UncheckedSchema,
} from './core/types/catalog.ts';
export type { AnyHandler } from './core/types/handler.ts';
export type {
  AnyDependencies,
  AnyDependency,
  Dependency,
  Provided,
  Values,
} from './core/types/dependency.ts';
export type {
  CheckedValue,
  Dispatch,
  DispatchArgs,
  DispatchOptions,
  KeyOption,
  MayGiveMeta,
  MetaOption,
  NoCtxToMakeMetaFrom,
  PayloadOfAnotherSchema,
  PublishOptions,
  PublishOptionsOf,
  When,
  WithDispatch,
} from './core/types/dispatch.ts';
export type {
  CheckedResult,
  EventRouter,
  GeneratorNeverRuns,
  ListenerOptions,
  ListenerArgs,
  Middleware,
  Next,
  NextResult,
  RouterNeeds,
} from './core/types/router.ts';
export type {
  CheckedPatterns,
  EventOf,
  NoEventMatches,
  Pattern,
  Patterns,
  Selected,
} from './core/types/select.ts';
