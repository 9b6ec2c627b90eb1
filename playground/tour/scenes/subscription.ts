import { deepEqual, ok } from 'node:assert/strict';
import type { Client } from '../client.ts';
import type { Scene } from './scene.ts';

const rows = ['Eve', 'Fay', 'Gus'].map((name) => ({ name, email: `${name.toLowerCase()}@example.org` }));

export const subscription: Scene = {
  title: 'A subscription',
  says: 'Each yield is a success: a row’s event is handled while the next is read.',
  async play(stage) {
    deepEqual(await importRows(stage.client), [1, 2, 3]);

    deepEqual(await stage.settled(), [
      'user.imported → audit',
      'user.imported → audit',
      'user.imported → audit',
    ]);
    const [first, second] = stage.events();
    ok(first!.runs[0]!.to! < second!.at);
  },
};

/** Returns the progress that was reported. */
function importRows(client: Client): Promise<number[]> {
  const progress: number[] = [];
  return new Promise((resolve, reject) => {
    client.users.import.subscribe(rows, {
      onData: ({ done }) => progress.push(done),
      onError: reject,
      onComplete: () => resolve(progress),
    });
  });
}
