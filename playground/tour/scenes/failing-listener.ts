import { deepEqual } from 'node:assert/strict';
import { db } from '../db.ts';
import type { Scene } from './scene.ts';

export const failingListener: Scene = {
  title: 'A listener that throws',
  says: 'The call has long succeeded, other listeners go on, and onError hears of it.',
  async play(stage) {
    const [id = ''] = db.users.keys();
    await stage.client.users.remove.mutate({ id });

    deepEqual(await stage.settled(), [
      'user.removed → audit, ✗ tellCrm, mailGoodbye',
      '  mail.sent → countMail',
    ]);
    deepEqual(stage.logged, [
      'The listener "tellCrm" failed on "user.removed": Error: crm.example.org does not answer',
    ]);
    return `onError got: ${stage.logged[0]}`;
  },
};
