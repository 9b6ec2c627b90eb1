/**
 * The listeners of the shop's events. Each one is named, so that reports can tell them apart: a function's own name doesn't
 * survive `next build`.
 */
import { pid } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { e } from './events.ts';

/** A dependency that is made for each attempt of the listeners that ask for it. */
const getMailer = e.depends(({ ctx }) => ({
  async send(to: string, subject: string, takes = 120) {
    await sleep(takes); // stands in for a mail server
    ctx.store.post({ to, subject });
    ctx.dispatch('mail.sent', { to, subject }); // dropped if this listener fails
  },
}));

export const eventRouter = e.router();

eventRouter
  .on(
    'user.*',
    ({ event, ctx }) => {
      ctx.store.write(`${event.name} ${event.payload.id}`);
    },
    { name: 'writeJournal' },
  )
  // #region pack
  .on(
    'order.placed', // in the worker
    async ({ event, ctx }) => {
      const { id } = event.payload;
      await sleep(40);
      ctx.dispatch('order.packed', { order: id, worker: pid });
    },
    { name: 'packParcel' },
  )
  .on(
    'order.packed', // in the shop
    ({ event, ctx }) => {
      ctx.store.write(`packed ${event.payload.order}`);
    },
    { name: 'noteParcel' },
  )
  // #endregion
  .on(
    'order.paid',
    async ({ event, ctx }) => {
      await sleep(60);
      ctx.store.write(`shipped ${event.payload.order}`);
    },
    { name: 'shipOrder' },
  )
  .on(
    'product.imported',
    async ({ event, ctx }) => {
      await sleep(30);
      ctx.store.write(`indexed ${event.payload.sku}`);
    },
    { name: 'indexProduct' },
  )
  .on(
    'review.added',
    async ({ ctx }) => {
      await sleep(60); // counts all reviews
      ctx.store.rate();
    },
    { name: 'updateRating' },
  )
  .on(
    'feedback.sent',
    async ({ event, ctx }) => {
      await sleep(50);
      ctx.store.write(`feedback: ${event.payload.text}`);
    },
    { name: 'tellSupport' },
  )
  .on(
    'mail.sent',
    ({ event, ctx }) => {
      ctx.store.write(`mail to ${event.payload.to}`);
    },
    { name: 'countMail' },
  );

// This is a view of the same router. The listeners registered through it find `mailer` on their ctx.
const mailRouter = eventRouter.provide({ mailer: getMailer });
// #region welcome
mailRouter.on(
  'user.created',
  async ({ event, ctx }) => {
    await ctx.mailer.send(event.payload.email, 'Welcome to the shop');
  },
  { name: 'sendWelcomeMail' },
);
// #endregion
mailRouter.on(
  'newsletter.joined',
  async ({ event, ctx }) => {
    await ctx.mailer.send(event.payload.email, 'The first issue');
  },
  { name: 'sendFirstIssue' },
);
// #region slow
mailRouter.on(
  'invoice.requested',
  async ({ event, ctx }) => {
    await ctx.mailer.send(event.payload.email, 'Your invoice', 2000);
  },
  { name: 'mailInvoice' },
);
// #endregion
