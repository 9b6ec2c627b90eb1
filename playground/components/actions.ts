import type { QueryClient } from '@tanstack/react-query';
import type { useTRPC, useTRPCClient } from '../trpc/client.tsx';
import { sendFeedback } from '../app/actions.ts';
import { postJson } from './post-json.ts';
import type { ActionId } from './cards.ts';

export interface Tools {
  readonly click: string;
  readonly client: ReturnType<typeof useTRPCClient>;
  readonly trpc: ReturnType<typeof useTRPC>;
  readonly queryClient: QueryClient;
  /** Reports the answer, if the action goes on after it. */
  answered(says: string): Promise<void>;
  progress(done: number, of: number): void;
}

/** The action of each button. It returns what the page says when it is done. */
export const actions: Record<ActionId, (tools: Tools) => Promise<string>> = {
  async 'sign-up'({ client }) {
    const email = `grace.${Date.now().toString(36)}@example.org`;
    const { id } = await client.users.signUp.mutate({ name: 'Grace', email });
    return `Grace has an account now: ${id}.`;
  },

  async taken({ client }) {
    const { id } = await client.users.signUp.mutate({ name: 'Ada', email: 'ada@example.org' });
    return `Ada has an account now: ${id}.`;
  },

  async failure({ client }) {
    await client.users.logIn.mutate({ email: 'ada@example.org', password: 'coffee' });
    return 'Ada is logged in.';
  },

  async fails({ client }) {
    await client.orders.cancel.mutate({ order: 'order-1001', cents: 4200 });
    return 'order-1001 was cancelled.';
  },

  async retry({ client }) {
    const { order } = await client.orders.requestReceipt.mutate({ email: 'ada@example.org' });
    return `The receipt of ${order} is on its way.`;
  },

  async 'gives-up'({ client }) {
    await client.orders.charge.mutate({ order: 'order-1001', cents: 4200 });
    return 'The payment of order-1001 is due.';
  },

  async order({ client: { orders } }) {
    const { id } = await orders.place.mutate({ item: 'tea', quantity: 1 });
    return `${id} was placed.`;
  },

  async batch({ client: { orders } }) {
    // #region batch
    const answers = await Promise.allSettled([
      orders.place.mutate({ item: 'tea', quantity: 2 }),
      orders.place.mutate({ item: 'unicorn', quantity: 1 }), // sold out
      orders.place.mutate({ item: 'teapot', quantity: 1 }),
    ]);
    // #endregion
    const placed = answers.filter(({ status }) => status === 'fulfilled').length;
    if (placed === 0) throw (answers[0] as PromiseRejectedResult).reason;
    return `${placed} of ${answers.length} orders placed: the unicorn is sold out.`;
  },

  import({ client, answered, progress }) {
    const rows = ['cup', 'kettle', 'sugar', 'spoon', 'saucer'].map((name, i) => ({
      sku: `p-${i + 1}`,
      name,
    }));
    return new Promise((resolve, reject) => {
      const subscription = client.products.import.subscribe(rows, {
        onData({ done, of }) {
          if (done === 1) void answered('The first row is in.');
          progress(done, of);
        },
        // A broken subscription must end, or it would reconnect by itself and import all rows again.
        onConnectionStateChange({ error }) {
          if (error === null) return;
          reject(new Error('the connection broke off'));
          subscription.unsubscribe();
        },
        onError: reject,
        onComplete: () => resolve(`${rows.length} products were imported.`),
      });
    });
  },

  async invoice({ client }) {
    const { order } = await client.orders.requestInvoice.mutate({ email: 'ada@example.org' });
    return `The invoice of ${order} is on its way.`;
  },

  async review({ client, trpc, queryClient }) {
    // #region refetch
    await client.reviews.add.mutate({ stars: 5 }); // after its listener
    await queryClient.invalidateQueries(trpc.reviews.rating.queryFilter());
    // #endregion
    const rating = queryClient.getQueryData(trpc.reviews.rating.queryKey());
    return `The query that followed found ${rating?.reviews} reviews.`;
  },

  async payment() {
    await postJson('/api/payments', { order: 'order-1001', cents: 4200 });
    return 'The payment of 42.00 € was received.';
  },

  async newsletter() {
    await postJson('/api/newsletter', { email: 'grace@example.org' });
    return 'grace@example.org gets the newsletter.';
  },

  async feedback({ click }) {
    const form = new FormData();
    form.set('text', 'The tea was excellent.');
    form.set('click', click);
    await sendFeedback(form);
    return 'Your feedback was received.';
  },
};
