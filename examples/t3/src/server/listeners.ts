import { e } from './events';

export const listeners = e.router();
listeners.on('post.*', ({ event, ctx }) => void ctx.db.log.push(`audit: ${event.name}`), { name: 'audit' });
listeners.on(
  'post.published',
  ({ event, attempt, ctx }) => {
    // This mail service fails at the first attempt, and always refuses mails about spam.
    if (attempt === 1 || /spam/i.test(event.payload.title)) throw new Error('The mail service answers 503.');
    ctx.db.log.push(`mail: ${event.payload.title}, at attempt ${attempt}`);
  },
  { name: 'mail-subscribers', retry: { attempts: 3, minDelay: 300 } },
);
