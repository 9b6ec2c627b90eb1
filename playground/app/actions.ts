'use server';

import { withEvents } from 'trpc-events/next';
import { z } from 'zod';
import { bus } from '../server/bus.ts';
import { formContext } from '../server/context.ts';
import { e } from '../server/events.ts';

const feedback = z.object({ text: z.string() });

// #region action
export const sendFeedback = withEvents(
  bus,
  async (form: FormData) => {
    e.dispatch('feedback.sent', feedback.parse(Object.fromEntries(form)));
    return { thanks: true };
  },
  { path: 'sendFeedback', context: formContext },
);
// #endregion
