/**
 * An inspector for development: what each call dispatched, who handled it, and what failed, in one process or several.
 *
 * @example
 * ```ts
 * import { createInspector } from 'trpc-events/inspector';
 *
 * const inspector = createInspector();
 * const bus = e.bus({ handlers: [eventRouter], observers: [inspector] });
 * const { url } = await inspector.listen();
 * ```
 *
 * @module
 */
export { createInspector, type Inspector } from './create-inspector.ts';
export type { FollowOptions } from './follow.ts';
export type { InspectorOptions } from './options.ts';
export type { InspectorServer, ListenOptions } from './serve/server.ts';
export type { Entry, ErrorText, EventText, Fact, Happened, End } from '../story/entry.ts';
export type { EventObserver } from '../core/types/observer.ts';
