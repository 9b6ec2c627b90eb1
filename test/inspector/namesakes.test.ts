import { expect, test } from 'vitest';
import { listening } from './ask.ts';
import { anInspector, entriesOf, only } from './inspected.ts';

/** Says that a process is alive, as its forwarding does every second. */
const heartbeat = (run: string) => ({ process: 'worker', run, entries: [], payloads: {} });

test('Two workers of one name are told apart, and none of them is lost again and again.', async () => {
  const web = anInspector({ process: 'web of namesakes' });
  await using served = await listening(web);
  for (let i = 0; i < 3; i++) {
    for (const run of ['r1', 'r2', 'r3'])
      expect((await served.post('/api/entries', heartbeat(run))).status).toBe(200);
  }
  const { text } = await served.get('/api/entries?once');
  const { processes } = JSON.parse(text.split('\n')[0]!) as { processes: { name: string }[] };
  expect(processes.map(({ name }) => name).toSorted()).toEqual(['worker', 'worker (2)', 'worker (3)']);
  // The second and the third could have been the first one, started again.
  expect(only(await entriesOf(web), 'lost')).toHaveLength(2);
});

test('A worker that is started again takes the place of the former one, whose work is lost at once.', async () => {
  const web = anInspector({ process: 'web of a restart' });
  await using served = await listening(web);
  for (const run of ['r1', 'r2', 'r2']) await served.post('/api/entries', heartbeat(run));
  const { text } = await served.get('/api/entries?once');
  expect(JSON.parse(text.split('\n')[0]!).processes).toEqual([{ name: 'worker', dropped: 0 }]);
  expect(only(await entriesOf(web), 'lost')).toMatchObject([{ process: 'worker' }]);
});
