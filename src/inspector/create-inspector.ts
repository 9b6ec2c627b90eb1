import type { EventObserver } from '../core/types/observer.ts';
import type { Entry } from '../story/entry.ts';
import { follow, type FollowOptions } from './follow.ts';
import { observerOf } from './observe/observer.ts';
import { readSettings, type InspectorOptions } from './options.ts';
import { stateOf } from './state.ts';

/** The result of `createInspector`: an observer. */
export interface Inspector extends EventObserver {
  readonly name: 'inspector';
  /**
   * Yields the entries that are kept, and then those to come, until `signal` is aborted.
   *
   * @throws EventsError `BAD_OPTION`, with the first entry
   *
   * @example
   * ```ts
   * for await (const entry of inspector.follow({ where: { 'meta.tenant': 'acme' }, signal })) story.add(entry);
   * ```
   */
  follow(options?: FollowOptions): AsyncGenerator<Entry, void>;
}

/** @throws EventsError `BAD_OPTION`, `BAD_PATTERN` */
export function createInspector(options?: InspectorOptions): Inspector {
  const state = stateOf(readSettings(options));
  return {
    name: 'inspector',
    ...observerOf(state),
    follow: (options) => follow(state.memory, options),
  };
}
