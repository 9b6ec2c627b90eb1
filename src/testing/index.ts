/**
 * Tools for testing events. They work with any test runner.
 *
 * @example
 * ```ts
 * import { recordEvents } from 'trpc-events/testing';
 *
 * await using events = recordEvents(bus);
 * await caller.signUp({ email: 'ada@example.org' });
 * await bus.drain();
 * const { payload } = events.only('user.created');
 * ```
 *
 * @module
 */
export { handlerConformance } from './conformance/handler-conformance.ts';
export type {
  ConformanceCase,
  ConformanceOptions,
  HandlerCapabilities,
  SampleEvent,
} from './conformance/types.ts';
export { testBus } from './faults/test-bus.ts';
export type { AnyBuilder, Faults, TestBusOptions, TestControls } from './faults/types.ts';
export { recordEvents } from './recorder/record-events.ts';
export type {
  DiscardedEvent,
  EventNode,
  EventRecorder,
  FailedEvent,
  HandledEvent,
  Like,
  ListenerNode,
  RecordableBus,
} from './recorder/types.ts';
