/** Listeners that fail: once, for a while, or for good. A real one would call a service that does not answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { e } from './events.ts';

export const failingRouter = e.router();

failingRouter
  // #region fails
  .on(
    'order.cancelled',
    async () => {
      await sleep(60);
      throw unreachable('ECONNREFUSED'); // reported; nobody else notices
    },
    { name: 'notifyCarrier' },
  )
  .on(
    'order.cancelled',
    ({ event, ctx }) => {
      ctx.store.write(`returned ${event.payload.cents} cents`);
    },
    { name: 'returnMoney' },
  )
  // #endregion
  // #region retry
  .on(
    'receipt.requested',
    async ({ event, ctx, attempt }) => {
      await sleep(80);
      if (attempt < 3) throw unreachable('ETIMEDOUT'); // the mail server is down for a moment
      ctx.store.post({ to: event.payload.email, subject: 'Your receipt' });
    },
    { name: 'mailReceipt', retry: { attempts: 5, minDelay: 250 } },
  )
  // #endregion
  // #region gives-up
  .on(
    'payment.due',
    async () => {
      await sleep(80);
      throw unreachable('ETIMEDOUT'); // the bank is down for longer
    },
    { name: 'chargeCard', retry: { attempts: 3, minDelay: 500, factor: 5 } },
  )
  // #endregion
  // #region failure
  .on(
    'login.failed',
    async ({ event, ctx }) => {
      await sleep(40);
      ctx.store.post({ to: event.payload.email, subject: 'Was it you?' });
    },
    { name: 'warnOwner' },
  );
// #endregion

function unreachable(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code });
}
