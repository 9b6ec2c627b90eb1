import { beforeAll, describe, expect, test } from 'vitest';
import { idOf } from './actions.ts';
import { builtApp, type Variant } from './apps.ts';
import { CALLS, expectWork, fatesIn, fatesOf, LAYOUTS } from './layouts.ts';
import { startNext } from './server.ts';

const KINDS = Object.keys(CALLS);
/** The orders of the calls. Each kind of route comes first once, so that its copy of the modules makes the bus. */
const ORDERS = KINDS.map((first, i) => ({ first, order: [...KINDS.slice(i), ...KINDS.slice(0, i)] }));

describe.for([
  { name: 'one copy of the library', variant: 'layouts', orders: ORDERS, env: {} },
  {
    name: 'all routes loaded at the start',
    variant: 'layouts',
    orders: ORDERS.slice(1, 2),
    env: { PRELOAD: '1' },
  },
  { name: 'copies of the library', variant: 'layouts-bundled', orders: [ORDERS[1]!, ORDERS[4]!], env: {} },
] as const)('in a production build with $name', ({ variant, orders, env }) => {
  let folder: string;
  let actionId: string;
  beforeAll(async () => {
    folder = await builtApp(variant satisfies Variant);
    await using server = await startNext('start', folder);
    actionId = await idOf(server, 'act');
  });

  test.for([...orders])(
    'e.dispatch and e.scope work everywhere in each layout, and each event is handled once: first the $first',
    async ({ order }) => {
      await using server = await startNext('start', folder, { env });
      const notes: string[] = [];
      for (const kind of order) {
        for (const layout of LAYOUTS) {
          for (const note of [`${kind}, ${layout}`, `${kind} that fails, ${layout}`]) {
            notes.push(note);
            await expectWork(server, kind, layout, note, actionId);
          }
        }
      }
      await server.end();
      expect(fatesIn(server.recorded())).toEqual(notes.flatMap((note) => fatesOf(note)).sort());
    },
  );
});

test('A stream of the shared bus yields the events of all copies of the modules', async () => {
  await using server = await startNext('start', await builtApp('layouts'));
  const actionId = await idOf(server, 'act');
  const stream = await fetch(`${server.url}/api/stream`);
  for (const kind of KINDS) await expectWork(server, kind, 'shared', kind, actionId);
  let text = '';
  for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes(`${KINDS.at(-1)}, in a scope`)) break;
  }
  expect(text.trim().split('\n')).toEqual([
    'open',
    ...KINDS.flatMap((kind) => [kind, `${kind}, in a scope`]),
  ]);
});
