import type { Entry } from 'trpc-events/inspector';
import type { WorkerState } from '../story/worker-state.ts';
import { inspector } from './inspector.ts';
import { worker } from './worker/worker-process.ts';

/** One thing that a visitor is told: an entry of the inspector, or the worker's new state. */
export type Told =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'worker'; readonly worker: WorkerState };

interface TellOptions {
  /** The id of the last entry that the reader has. */
  readonly after: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Tells a visitor what came of their own clicks, and what the worker does, until `signal` aborts. */
export async function* tell(visitor: string, { after, signal }: TellOptions): AsyncGenerator<Told> {
  const entries = inspector.follow({ where: { 'meta.visitor': visitor }, after, signal });
  let state: WorkerState | undefined;
  let changed = Promise.withResolvers<void>();
  const unfollow = worker.follow((latest) => {
    state = latest;
    changed.resolve();
  });
  let next = entries.next();
  try {
    for (;;) {
      const news = await Promise.race([next, changed.promise]);
      if (state !== undefined) {
        yield { kind: 'worker', worker: state };
        state = undefined;
        changed = Promise.withResolvers();
      }
      if (news === undefined) continue;
      if (news.done) return;
      yield { kind: 'entry', entry: news.value };
      next = entries.next();
    }
  } finally {
    unfollow();
  }
}
