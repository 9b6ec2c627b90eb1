import { deepEqual, rejects } from 'node:assert/strict';
import type { Scene } from './scene.ts';

export const failure: Scene = {
  title: 'A failure',
  says: 'What a failed call dispatched is dropped, unless it was meant for a failure.',
  async play(stage) {
    const order = { item: 'unicorn', quantity: 1, email: 'ada@example.org' };
    await rejects(stage.client.orders.place.mutate(order), /0 of unicorn left/);

    deepEqual(await stage.settled(), [
      'order.placed dropped: failed',
      'order.rejected → mailSales',
      '  mail.sent → countMail',
    ]);
  },
};
