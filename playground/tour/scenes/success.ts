import { deepEqual, equal } from 'node:assert/strict';
import { db } from '../db.ts';
import type { Scene } from './scene.ts';

export const success: Scene = {
  title: 'A success',
  says: 'Its event is handled once the response has gone out.',
  async play(stage) {
    const { id } = await stage.client.users.register.mutate({ name: 'Ada', email: 'ada@example.org' });

    deepEqual(await stage.settled(), ['user.registered → audit, mailWelcome', '  mail.sent → countMail']);
    equal(db.users.get(id)?.name, 'Ada');
    deepEqual(db.outbox, [{ to: 'ada@example.org', subject: 'Welcome, Ada' }]);
    deepEqual(db.audit, [`playground user.registered ${id}`]);
  },
};
