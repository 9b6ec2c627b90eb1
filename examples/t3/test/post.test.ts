import { recordEvents } from 'trpc-events/testing';
import { expect, test } from 'vitest';
import { appRouter } from '../src/server/api/root';
import { bus } from '../src/server/bus';
import { db } from '../src/server/db';

const caller = appRouter.createCaller({ db, user: 'ada' });

test('A published post is in the log, and a second one of its title leaves nothing behind.', async () => {
  await using events = recordEvents(bus);
  await caller.post.publish({ title: 'Hello' });
  await expect(caller.post.publish({ title: 'Hello' })).rejects.toThrow('There is a post of this title.');
  await bus.drain();
  events.only('post.published', { payload: { title: 'Hello', author: 'ada' } });
  expect(db.log).toContain('audit: post.published');
});
