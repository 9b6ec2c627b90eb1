/** An order that goes to the worker, and comes back. */
const ORDER = [
  'order.placed: handled',
  'sqs/orders: sent: … in the queue',
  'packParcel: handled: by worker …',
  'order.packed: handled: from replies after …',
  'noteParcel: handled',
];

/**
 * The story that each button must show: the lines of the timeline, and the words below the second figure. `…` stands for
 * a time, and for the worker's process id.
 */
export const STORIES = {
  'sign-up': {
    words: 'sendWelcomeMail was done',
    lines: [
      'users.signUp: succeeded',
      'user.created: handled',
      'writeJournal: handled',
      'sendWelcomeMail: handled',
      'mail.sent: handled',
      'countMail: handled',
    ],
  },
  taken: {
    words: 'user.created: the call failed with CONFLICT',
    lines: ['users.signUp: failed', 'user.created: dropped: the call failed with CONFLICT'],
  },
  order: {
    words: 'packParcel was done',
    lines: ['orders.place: succeeded', ...ORDER],
  },
  batch: {
    words: 'packParcel was done; one event was dropped',
    lines: [
      'orders.place 1/3: succeeded',
      ...ORDER,
      'orders.place 2/3: failed',
      'order.placed: dropped: the call failed with CONFLICT',
      'orders.place 3/3: succeeded',
      ...ORDER,
    ],
  },
  import: {
    words: 'indexProduct was done, for each row',
    lines: [
      'products.import: succeeded',
      ...Array.from({ length: 5 }, () => ['product.imported: handled', 'indexProduct: handled']).flat(),
    ],
  },
  invoice: {
    words: 'mailInvoice was done',
    lines: [
      'orders.requestInvoice: succeeded',
      'invoice.requested: handled',
      'mailInvoice: handled',
      'mail.sent: handled',
      'countMail: handled',
    ],
  },
  review: {
    words: 'the caller waited for updateRating',
    lines: ['reviews.add: succeeded', 'review.added: handled', 'updateRating: handled'],
  },
  payment: {
    words: 'shipOrder was done',
    lines: ['POST /api/payments: succeeded', 'order.paid: handled', 'shipOrder: handled'],
  },
  newsletter: {
    words: 'sendFirstIssue was done',
    lines: [
      'POST /api/newsletter: succeeded',
      'newsletter.joined: handled',
      'sendFirstIssue: handled',
      'mail.sent: handled',
      'countMail: handled',
    ],
  },
  feedback: {
    words: 'tellSupport was done',
    lines: ['sendFeedback: succeeded', 'feedback.sent: handled', 'tellSupport: handled'],
  },
} as const;
type Action = keyof typeof STORIES;
export const ACTIONS = Object.keys(STORIES) as Action[];
