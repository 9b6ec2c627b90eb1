import { deepEqual } from 'node:assert/strict';
import { bus } from '../bus.ts';
import type { Scene } from './scene.ts';

export const script: Scene = {
  title: 'A script',
  says: 'Outside any call, bus.publish resolves when the listeners are done.',
  async play(stage) {
    const order = { id: 'o99', total: 12, email: 'ada@example.org' };
    const { failures } = await bus.publish('order.placed', order, { meta: { actor: 'import-script' } });

    deepEqual(failures, []);
    deepEqual(await stage.settled(), [
      'order.placed → createInvoice',
      '  invoice.created → mailInvoice',
      '    mail.sent → countMail',
    ]);
  },
};
