import { SpanStatusCode, trace } from '@opentelemetry/api';
import { initTRPC } from '@trpc/server';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { collector } from '../core/shop.ts';
import { only, traced, treeOf, useSdk } from '../otel/stage.ts';
import { blocksOf, runBlock } from './blocks.ts';

const sdk = useSdk();
const repo = join(import.meta.dirname, '../..');
const page = readFileSync(join(repo, 'docs/observability.md'), 'utf8');

it('The tables of docs/observability.md have each attribute and each metric, and no other.', () => {
  const sources = globSync('src/otel/*.ts', { cwd: repo }).map((file) =>
    readFileSync(join(repo, file), 'utf8'),
  );
  const namesIn = (text: string, quote: string) =>
    new Set(
      Array.from(
        text.matchAll(new RegExp(`${quote}((?:messaging|trpc_events|error)\\.[a-z_.]+)${quote}`, 'g')),
        ([, name = '']) => name,
      ),
    );
  expect([...namesIn(page, '`')].sort()).toEqual([...namesIn(sources.join('\n'), "'")].sort());
});

it('The middleware of docs/observability.md makes a span of each procedure, and dispatches stand below.', async () => {
  const block = blocksOf('observability.md').find((code) => code.includes('t.middleware'))!;
  await using bus = traced({ handlers: [collector().handler] });
  const t = initTRPC.create();
  const given = { t, bus, trace, SpanStatusCode };
  const procedure = (await runBlock(block, given, 'procedure')) as typeof t.procedure;
  const router = t.router({
    users: t.router({
      create: procedure.mutation(({ ctx }) =>
        (ctx as unknown as BusCtx).dispatch('user.created', { id: '1' }),
      ),
      fail: procedure.query(() => {
        throw new Error('no');
      }),
    }),
  });
  const caller = t.createCallerFactory(router)({});
  await caller.users.create();
  await expect(caller.users.fail()).rejects.toThrow('no');
  await bus.drain();
  expect(treeOf(sdk.spans())).toEqual([
    { 'mutation users.create': [{ 'create user.created': ['collector user.created'] }] },
    'query users.fail',
  ]);
  expect(only(sdk.spans(), 'query users.fail')).toMatchObject({ status: 'error', message: 'no' });
});

interface BusCtx {
  dispatch(name: string, payload: unknown): void;
}
