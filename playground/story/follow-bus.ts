import type { AnyEvent, EventObserver } from 'trpc-events';
import { now } from './clock.ts';
import { feed } from './feed.ts';
import { storyObserver } from './observer.ts';

/** What is needed of a bus: its events say which click they belong to. */
interface FollowedBus {
  observe(observer: EventObserver): () => void;
  stream(pattern: '*'): AsyncIterable<AnyEvent & { readonly meta: { readonly click: string } }>;
}

/** Tells the feed what happens on a bus, until that is closed: by an observer, and by the stream of what is flushed. */
export function followBus(bus: FollowedBus): void {
  bus.observe(storyObserver);
  void readStream(bus);
}

async function readStream(bus: FollowedBus): Promise<void> {
  for await (const { id, meta } of bus.stream('*'))
    feed.push({ kind: 'released', click: meta.click, at: now(), event: id });
}
