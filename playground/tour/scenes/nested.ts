import { deepEqual } from 'node:assert/strict';
import type { Scene } from './scene.ts';

export const nested: Scene = {
  title: 'Calls in a call',
  says: 'Inner events wait for the outer call; a failed, caught call drops its own.',
  async play(stage) {
    const order = await stage.client.checkout.asGuest.mutate({
      name: 'Dan',
      email: 'dan@example.org',
      item: 'teapot',
      voucher: 'EXPIRED',
    });

    deepEqual(order.toPay, 30);
    deepEqual(await stage.settled(), [
      'user.registered → audit, mailWelcome',
      '  mail.sent → countMail',
      'voucher.redeemed dropped: failed',
      'order.placed → createInvoice',
      '  invoice.created → mailInvoice',
      '    mail.sent → countMail',
    ]);
  },
};
