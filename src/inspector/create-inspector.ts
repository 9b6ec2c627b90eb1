import type { EventObserver } from '../core/types/observer.ts';
import type { Entry } from '../story/entry.ts';
import { follow, type FollowOptions } from './follow.ts';
import { observerOf } from './observe/observer.ts';
import { readSettings, type InspectorOptions } from './options.ts';
import type { InspectorServer, ListenOptions } from './serve/server.ts';
import { stateOf } from './state.ts';

/** The result of `createInspector`: an observer. */
export interface Inspector extends EventObserver {
  /** The name by which a bus knows the observer. */
  readonly name: 'inspector';
  /**
   * Answers the requests below the option `path`, in any framework that has `(Request) => Promise<Response>`. It prints the
   * address with the token at the first request from this machine.
   *
   * @example
   * ```ts
   * // app/inspector/[[...path]]/route.ts
   * import { createInspector } from 'trpc-events/inspector';
   *
   * const inspector = createInspector();
   * export const GET = inspector.handler;
   * export const POST = inspector.handler;
   * ```
   */
  readonly handler: (request: Request) => Promise<Response>;
  /**
   * Listens on a port of its own, only on this machine, and prints its address. It doesn't keep the process alive.
   *
   * @throws EventsError `BAD_OPTION` for wrong options, in production, or if no port is free
   *
   * @example
   * ```ts
   * import { createInspector } from 'trpc-events/inspector';
   *
   * const inspector = createInspector();
   * const { url, close } = await inspector.listen({ port: 4983 });
   * ```
   */
  listen(options?: ListenOptions): Promise<InspectorServer>;
  /**
   * Yields the entries that are kept, and then new ones, until `signal` is aborted.
   *
   * @throws EventsError `BAD_OPTION`, with the first entry
   *
   * @example
   * ```ts
   * import { createInspector } from 'trpc-events/inspector';
   *
   * const inspector = createInspector();
   * for await (const entry of inspector.follow({ where: { 'meta.tenant': 'acme' } })) console.log(entry.kind);
   * ```
   */
  follow(options?: FollowOptions): AsyncGenerator<Entry, void>;
}

/**
 * Makes an inspector: an observer that keeps for a while, as text, what its buses do, and shows it to whoever has its
 * token. It may observe several buses. If an inspector of the same name is made again in a process, as by a hot reload, it
 * takes over the calls, the port and the readers of the old one. If one of them hides something with `redact` or
 * `payloads`, or refuses actions with `actions`, this holds until the process ends, because nobody can tell a reload from
 * a second inspector. `authorize` and `allowedHosts` are those of the inspector whose `handler` got the request, or which
 * was the last to `listen`.
 *
 * @throws EventsError `BAD_OPTION`, `BAD_PATTERN`
 *
 * @example
 * ```ts
 * import { createInspector } from 'trpc-events/inspector';
 *
 * const inspector = createInspector({ redact: { 'order.*': ['card.number'] } });
 * const bus = e.bus({ handlers: [eventRouter], observers: [inspector] });
 * const { url } = await inspector.listen();
 * ```
 */
export function createInspector(options?: InspectorOptions): Inspector {
  const settings = readSettings(options);
  const state = stateOf(settings);
  return {
    name: 'inspector',
    ...observerOf(state),
    // A process that only observes or forwards doesn't need the code that answers requests.
    handler: async (request) => (await import('./serve/handle.ts')).handle(state, settings, request),
    async listen(options) {
      const { listenOn } = await import('./serve/listen.ts');
      return listenOn(state, settings, options);
    },
    follow: (options) => follow(state.memory, options),
  };
}
