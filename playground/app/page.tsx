import { connection } from 'next/server';
import { ActionCard } from '../components/action-card.tsx';
import { cards } from '../components/cards.ts';
import { Code } from '../components/code.tsx';
import { Rating } from '../components/rating.tsx';
import { ShopLayout } from '../components/shop.tsx';
import { ThemeSwitch } from '../components/theme-switch.tsx';
import { WorkerStrip } from '../components/worker-strip.tsx';
import { inspectorUrl } from '../server/inspect.ts';
import { broker } from '../server/queues.ts';
import { getQueryClient, HydrateClient, trpc } from '../trpc/server.tsx';
import styles from './page.module.css';

export default async function Page() {
  await connection();
  void getQueryClient().prefetchQuery(trpc.reviews.rating.queryOptions());
  return (
    <HydrateClient>
      <header className={styles.head}>
        <h1>
          The shop of <code>trpc-events</code>
        </h1>
        <ThemeSwitch />
        <p>
          Typed events for tRPC: dispatched in a procedure, handled after its response, dropped if it failed.
          Each button shows a case.
        </p>
      </header>
      <main>
        <ShopLayout inspector={inspectorUrl}>
          {cards.map(({ code, ...card }) => (
            <ActionCard key={card.id} {...card}>
              {card.id === 'review' && <Rating />}
              {card.id === 'order' && <WorkerStrip />}
              {code.map(({ file, region }) => (
                <Code key={region} file={file.replace('/sqs.', `/${broker}.`)} region={region} />
              ))}
            </ActionCard>
          ))}
        </ShopLayout>
      </main>
    </HydrateClient>
  );
}
