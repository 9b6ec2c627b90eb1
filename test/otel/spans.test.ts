import { expect, it } from 'vitest';
import { noRetry } from '../../src/index.ts';
import { e } from '../core/shop.ts';
import { linksOf, only, request, traced, treeOf, useSdk } from './stage.ts';

const sdk = useSdk();

it('A call with two events: each dispatch is below the request, each attempt below its dispatch.', async () => {
  const router = e.router();
  router.on('user.created', async () => {}, { name: 'welcome-mail' });
  router.on('user.*', async () => {}, { name: 'audit' });
  const bus = traced({ handlers: [router] });
  await request(() =>
    bus.scope(({ dispatch }) => {
      dispatch('user.created', { id: '1' });
      dispatch('user.deleted', { id: '1' });
    }),
  );
  await bus.drain();
  const spans = sdk.spans();
  expect(treeOf(spans)).toEqual([
    {
      POST: [
        { 'create user.created': ['welcome-mail user.created', 'audit user.created'] },
        { 'create user.deleted': ['audit user.deleted'] },
      ],
    },
  ]);
  expect(only(spans, 'create user.created')).toMatchObject({ kind: 'PRODUCER', links: [], status: 'unset' });
});
