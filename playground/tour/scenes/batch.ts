import { deepEqual } from 'node:assert/strict';
import type { Scene } from './scene.ts';

export const batch: Scene = {
  title: 'A batch of three calls, one of which fails',
  says: 'One request, one response, but a scope each: a failure drops its own events.',
  async play(stage) {
    const results = await Promise.allSettled([
      stage.client.users.register.mutate({ name: 'Bob', email: 'bob@example.org' }),
      stage.client.users.register.mutate({ name: 'Bob too', email: 'bob@example.org' }),
      stage.client.users.register.mutate({ name: 'Cleo', email: 'cleo@example.org' }),
    ]);

    deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    deepEqual(await stage.settled(), [
      'user.registered → audit, mailWelcome',
      '  mail.sent → countMail',
      'user.registered dropped: failed',
      'user.registered → audit, mailWelcome',
      '  mail.sent → countMail',
    ]);
  },
};
