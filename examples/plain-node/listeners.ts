import { initEvents, noRetry } from 'trpc-events';
import { events } from './events.ts';

export interface Context {
  readonly sendMail: (to: string, text: string) => Promise<void>;
  readonly log: (line: string) => void;
}

const e = initEvents.context<Context>().create(events);
const router = e.router();

router.on(
  'user.created',
  async ({ event, ctx }) => {
    const { id, email } = event.payload;
    if (email.endsWith('.invalid')) throw noRetry(new Error(`There is no host for ${email}.`));
    await ctx.sendMail(email, `Welcome, ${id}!`);
    ctx.dispatch('mail.sent', { to: email }); // dropped if this listener throws
  },
  { name: 'welcome-mail', retry: { attempts: 3, minDelay: 200 }, timeout: 5000 },
);
router.on(['user.*', 'mail.*'], ({ event, ctx }) => ctx.log(`audit: ${event.name}`), { name: 'audit' });

/** Makes a bus. The server has one, and each test makes its own. */
export const makeBus = (createContext: () => Context) =>
  e.bus({
    handlers: [router],
    createContext,
    deadLetter: ({ event, listener, error }) =>
      createContext().log(`gave up: ${listener} on ${event.name}: ${error.message}`),
  });
