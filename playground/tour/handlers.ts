/** The listeners of the shop's events. A named function gives its listener its name. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Mail } from './db.ts';
import { e } from './events.ts';

export const eventRouter = e.router();

/** Opens a mail connection for each attempt, and closes it afterwards, even if the attempt fails. */
const getMailConnection = e.depends(async function* ({ ctx }) {
  let isOpen = true;
  try {
    yield async (mail: Mail) => {
      if (!isOpen) throw new Error('The mail connection is closed.');
      await sleep(2);
      ctx.db.outbox.push(mail);
    };
  } finally {
    isOpen = false;
  }
});
const getMailer = e.depends({ deliver: getMailConnection }, ({ deliver, ctx }) => ({
  async send(to: string, subject: string) {
    await deliver({ to, subject });
    ctx.dispatch('mail.sent', { to, subject });
  },
}));

// This middleware puts `log` on the ctx of the listeners that are registered through it.
eventRouter
  .use(({ event, ctx, next }) => {
    const log = (text: string) => ctx.db.audit.push(`${event.meta.actor} ${event.name} ${text}`);
    return next({ ctx: { log } });
  })
  .on('user.*', function audit({ event, ctx }) {
    ctx.log(event.payload.id);
  });

// The dependency `mailer` is made for each attempt of these listeners, and cleaned up after it.
eventRouter
  .provide({ mailer: getMailer })
  .on('user.registered', async function mailWelcome({ event, ctx }) {
    await ctx.mailer.send(event.payload.email, `Welcome, ${event.payload.name}`);
  })
  .on('user.removed', async function tellCrm() {
    await sleep(1);
    throw new Error('crm.example.org does not answer');
  })
  .on('user.removed', async function mailGoodbye({ event, ctx }) {
    await ctx.mailer.send(event.payload.email, 'Goodbye');
  })
  .on('invoice.created', async function mailInvoice({ event, ctx }) {
    await ctx.mailer.send(event.payload.email, `Your invoice: ${event.payload.total} €`);
  })
  .on('order.rejected', async function mailSales({ event, ctx }) {
    await ctx.mailer.send('sales@example.org', `An order lost: ${event.payload.reason}`);
  });

eventRouter
  .on('order.placed', async function createInvoice({ event, ctx }) {
    const { id: orderId, total, email } = event.payload;
    await sleep(3);
    ctx.dispatch('invoice.created', { orderId, total, email });
  })
  .on('photo.uploaded', async function makeThumbnails() {
    await sleep(400);
  })
  .on('voucher.redeemed', function voidVoucher({ event, ctx }) {
    ctx.db.vouchers.delete(event.payload.code);
  })
  .on('mail.sent', function countMail({ ctx }) {
    ctx.db.mailsCounted++;
  });
