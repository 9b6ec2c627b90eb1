import { deepEqual } from 'node:assert/strict';
import { shortId } from '../trace/text.ts';
import type { Scene } from './scene.ts';

export const chain: Scene = {
  title: 'A chain',
  says: 'Listeners dispatch in turn, and each event knows what caused it.',
  async play(stage) {
    const order = { item: 'tea', quantity: 3, email: 'ada@example.org' };
    await stage.client.orders.place.mutate(order);

    deepEqual(await stage.settled(), [
      'order.placed → createInvoice',
      '  invoice.created → mailInvoice',
      '    mail.sent → countMail',
    ]);
    const [placed, invoice, mail] = stage.events().map(({ event }) => event);
    deepEqual([placed?.depth, invoice?.depth, mail?.depth], [0, 1, 2]);
    deepEqual([invoice?.causationId, mail?.causationId], [placed?.id, invoice?.id]);
    deepEqual([invoice?.correlationId, mail?.correlationId], [placed?.id, placed?.id]);
    return `All three carry ${shortId(placed!.id)}, the id of the first, as their correlationId.`;
  },
};
