import { headers } from 'next/headers';
import { connection } from 'next/server';
import { CardGroup } from '../components/card-group.tsx';
import { Card } from '../components/card.tsx';
import { groups } from '../components/cards.ts';
import { ShopLayout } from '../components/shop.tsx';
import { ThemeSwitch } from '../components/theme-switch.tsx';
import { inspectorUrl, isLocal } from '../server/inspector.ts';
import { getQueryClient, HydrateClient, trpc } from '../trpc/server.tsx';
import styles from './page.module.css';

const REPOSITORY = 'https://github.com/trpc-events/trpc-events';

export default async function Page() {
  await connection();
  // The inspector's address grants full access, so only a page that was opened on this machine gets it.
  const inspector = isLocal((await headers()).get('host')) ? inspectorUrl : undefined;
  void getQueryClient().prefetchQuery(trpc.reviews.rating.queryOptions());
  return (
    <HydrateClient>
      <header className={styles.head}>
        <h1>
          <code>trpc-events</code>: what happens after a tRPC call
        </h1>
        <ThemeSwitch />
        <p>
          Typed events for tRPC: dispatched in a procedure, handled after its response, dropped if it failed.
          Each button of this shop shows a case.
        </p>
        <nav aria-label="Further">
          <code>npm install trpc-events</code>
          <a href={`${REPOSITORY}#readme`}>Read the docs</a>
          {inspector !== undefined && (
            <a href={inspector} target="trpc-events-inspector" rel="noreferrer">
              Open the inspector
            </a>
          )}
        </nav>
      </header>
      <main>
        <ShopLayout inspector={inspector}>
          {groups.map(({ title, ids }) => (
            <CardGroup key={title} title={title}>
              {ids.map((id) => (
                <Card key={id} id={id} isFirst={id === ids[0]} />
              ))}
            </CardGroup>
          ))}
        </ShopLayout>
      </main>
    </HydrateClient>
  );
}
