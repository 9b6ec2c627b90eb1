/** The lines of an order that goes to the worker and comes back. */
const ORDER = [
  'order.placed: 1 of 1 handled',
  'sqs/orders: sent to orders',
  'order.placed: from orders: … in the queue',
  'packParcel: handled',
  'order.packed: 1 of 1 handled',
  'sqs/replies: sent to replies',
  'order.packed: from replies: … in the queue',
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
      'user.created: 2 of 2 handled',
      'writeJournal: handled',
      'sendWelcomeMail: handled',
      'mail.sent: 1 of 1 handled',
      'countMail: handled',
    ],
  },
  taken: {
    words: 'user.created: the call failed with CONFLICT',
    lines: ['users.signUp: failed: CONFLICT', 'user.created: dropped: the call failed with CONFLICT'],
  },
  failure: {
    words: 'warnOwner was done',
    lines: ['users.logIn: failed: UNAUTHORIZED', 'login.failed: 1 of 1 handled', 'warnOwner: handled'],
  },
  fails: {
    words: 'notifyCarrier failed',
    lines: [
      'orders.cancel: succeeded',
      'order.cancelled: 1 of 2 handled: 1 failed',
      'notifyCarrier: failed: ECONNREFUSED',
      'returnMoney: handled',
    ],
  },
  retry: {
    words: 'mailReceipt was done',
    lines: [
      'orders.requestReceipt: succeeded',
      'receipt.requested: 1 of 1 handled',
      'mailReceipt: handled: attempt 3 of 5',
    ],
  },
  'gives-up': {
    words: 'chargeCard failed',
    lines: [
      'orders.charge: succeeded',
      'payment.due: 0 of 1 handled: 1 failed',
      'chargeCard: gave up after 3 attempts: ETIMEDOUT',
    ],
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
      'orders.place 2/3: failed: CONFLICT',
      'order.placed: dropped: the call failed with CONFLICT',
      'orders.place 3/3: succeeded',
      ...ORDER,
    ],
  },
  import: {
    words: 'indexProduct was done, for each row',
    lines: [
      'products.import: succeeded',
      ...Array.from({ length: 5 }, () => [
        'product.imported: 1 of 1 handled',
        'indexProduct: handled',
      ]).flat(),
    ],
  },
  invoice: {
    words: 'mailInvoice was done',
    lines: [
      'orders.requestInvoice: succeeded',
      'invoice.requested: 1 of 1 handled',
      'mailInvoice: handled',
      'mail.sent: 1 of 1 handled',
      'countMail: handled',
    ],
  },
  review: {
    words: 'the caller waited for updateRating',
    lines: ['reviews.add: succeeded', 'review.added: 1 of 1 handled', 'updateRating: handled'],
  },
  payment: {
    words: 'shipOrder was done',
    lines: ['POST /api/payments: succeeded', 'order.paid: 1 of 1 handled', 'shipOrder: handled'],
  },
  newsletter: {
    words: 'sendFirstIssue was done',
    lines: [
      'POST /api/newsletter: succeeded',
      'newsletter.joined: 1 of 1 handled',
      'sendFirstIssue: handled',
      'mail.sent: 1 of 1 handled',
      'countMail: handled',
    ],
  },
  feedback: {
    words: 'tellSupport was done',
    lines: ['sendFeedback: succeeded', 'feedback.sent: 1 of 1 handled', 'tellSupport: handled'],
  },
} as const;
type Action = keyof typeof STORIES;
export const ACTIONS = Object.keys(STORIES) as Action[];
