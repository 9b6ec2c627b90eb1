/** Runs the tests that docs/recipes/tests.md shows, as they are. */
import { afterAll } from 'vitest';
import { openPage } from './page.ts';

let id = 0;
const db = { orders: { insert: async ({ total }: { total: number }) => ({ id: `${++id}`, total }) } };
const page = openPage('recipes/tests.md', {
  'db.ts': { db },
  'listeners.ts': `
    import { e } from './events';
    export const eventRouter = e.router();
    eventRouter.on('order.*', () => {}, { name: 'ship' });
  `,
});
await page.import('router.test.ts');
afterAll(() => page[Symbol.dispose]());
