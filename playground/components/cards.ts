/** A part of a source file, between `// #region name` and `// #endregion`. */
export interface ExcerptOf {
  readonly file: string;
  readonly region: string;
}
export interface CardText {
  readonly id: string;
  readonly title: string;
  readonly says: string;
  readonly button: string;
  readonly code: readonly ExcerptOf[];
}

export const cards = [
  {
    id: 'sign-up',
    title: 'Sign up',
    says: 'The call answers at once. The journal and the welcome mail follow after the response.',
    button: 'Sign up',
    code: [
      { file: 'server/routers/users.ts', region: 'sign-up' },
      { file: 'server/handlers.ts', region: 'welcome' },
    ],
  },
  {
    id: 'taken',
    title: 'Sign up with a taken address',
    says: 'The same call fails here, so the event that it had dispatched is dropped: nobody is welcomed.',
    button: 'Sign up as Ada',
    code: [{ file: 'server/store.ts', region: 'taken' }],
  },
  {
    id: 'failure',
    title: 'An event of a failed call',
    says: 'The password is wrong. The call fails, and an event that was dispatched for this case is handled.',
    button: 'Log in as Ada',
    code: [
      { file: 'server/routers/users.ts', region: 'log-in' },
      { file: 'server/failing-handlers.ts', region: 'failure' },
    ],
  },
  {
    id: 'fails',
    title: 'A listener that fails',
    says: 'The call has succeeded, and the other listener does its work. The error is reported.',
    button: 'Cancel an order',
    code: [
      { file: 'server/failing-handlers.ts', region: 'fails' },
      { file: 'server/routers/orders.ts', region: 'cancel' },
    ],
  },
  {
    id: 'retry',
    title: 'A listener that is tried again',
    says: 'The mail server is down for a moment: the third attempt gets through.',
    button: 'Request a receipt',
    code: [{ file: 'server/failing-handlers.ts', region: 'retry' }],
  },
  {
    id: 'gives-up',
    title: 'A listener that gives up',
    says: 'The bank does not answer. After three attempts the event is a dead letter, and can be delivered again.',
    button: 'Charge a card',
    code: [
      { file: 'server/failing-handlers.ts', region: 'gives-up' },
      { file: 'server/bus.ts', region: 'letter' },
    ],
  },
  {
    id: 'order',
    title: 'A worker in another process',
    says: 'The order goes through a queue to a process of its own, and comes back packed. While that is stopped, orders wait.',
    button: 'Place an order',
    code: [
      { file: 'server/queues/sqs.ts', region: 'forwarders' },
      { file: 'server/queues/sqs.ts', region: 'consumer' },
      { file: 'worker.ts', region: 'worker' },
      { file: 'server/handlers.ts', region: 'pack' },
    ],
  },
  {
    id: 'batch',
    title: 'Three orders in one request',
    says: 'One HTTP batch of three calls, of which one fails. Each call keeps or loses its own events.',
    button: 'Place three orders',
    code: [
      { file: 'components/actions.ts', region: 'batch' },
      { file: 'server/routers/orders.ts', region: 'place' },
    ],
  },
  {
    id: 'import',
    title: 'Import with progress',
    says: 'A subscription: the event of each row is handled while the next row is read.',
    button: 'Import five products',
    code: [{ file: 'server/routers/products.ts', region: 'import' }],
  },
  {
    id: 'invoice',
    title: 'A slow mail',
    says: 'The mail takes two seconds. The answer does not wait for it.',
    button: 'Request an invoice',
    code: [
      { file: 'server/routers/orders.ts', region: 'invoice' },
      { file: 'server/handlers.ts', region: 'slow' },
    ],
  },
  {
    id: 'review',
    title: 'A caller that waits',
    says: 'This call answers when its listeners are done, so that what is fetched next shows their effect.',
    button: 'Give five stars',
    code: [
      { file: 'server/routers/reviews.ts', region: 'wait' },
      { file: 'components/actions.ts', region: 'refetch' },
    ],
  },
  {
    id: 'payment',
    title: 'A plain API route',
    says: 'What is not tRPC dispatches too: here the webhook of a payment provider, in app/api.',
    button: 'Send a payment',
    code: [{ file: 'app/api/payments/route.ts', region: 'route' }],
  },
  {
    id: 'newsletter',
    title: 'A route of the pages router',
    says: 'The same bus in pages/api, which Next loads apart from the rest.',
    button: 'Join the newsletter',
    code: [{ file: 'pages/api/newsletter.ts', region: 'pages' }],
  },
  {
    id: 'feedback',
    title: 'A server action',
    says: 'An action keeps its own signature, and its listener runs after its response.',
    button: 'Send feedback',
    code: [{ file: 'app/actions.ts', region: 'action' }],
  },
] as const satisfies readonly CardText[];

export type ActionId = (typeof cards)[number]['id'];

interface Group {
  readonly title: string;
  readonly ids: readonly ActionId[];
}

/** The order in which the page shows the cards. */
export const groups: readonly Group[] = [
  { title: 'The basics', ids: ['sign-up', 'invoice', 'review', 'import'] },
  { title: 'When things fail', ids: ['taken', 'failure', 'fails', 'retry', 'gives-up', 'batch'] },
  { title: 'The queue', ids: ['order'] },
  { title: 'Next.js', ids: ['payment', 'newsletter', 'feedback'] },
];
