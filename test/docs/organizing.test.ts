import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type EventHandler } from '../../src/index.ts';
import { sharedBus } from '../../src/next/index.ts';
import { blocksOf, runBlock } from './blocks.ts';

/** Makes what the pages take as given. */
function application() {
  const catalog = defineEvents({ 'user.created': z.object({ id: z.string() }) });
  const seen: string[] = [];
  const db = {
    connect: async () => 'a connection',
    audit: { insert: async (name: string) => void seen.push(`audit ${name}`) },
  };
  class UserRepo {
    readonly connection: string;
    constructor(connection: string) {
      this.connection = connection;
    }
    async index(id: string) {
      seen.push(`index ${id} by ${this.connection}`);
    }
  }
  return { given: { catalog, db, UserRepo, initEvents, initTRPC, sharedBus }, seen };
}
type Builder = ReturnType<typeof initEvents.create>;
type App = {
  e: Builder;
  bus: ReturnType<Builder['bus']>;
  procedure: ReturnType<typeof initTRPC.create>['procedure'];
};

it('The four files of docs/organizing.md work, and so do copies of them.', async () => {
  const { given, seen } = application();
  const block = blocksOf('organizing.md').find((code) => code.includes('// trpc.ts'))!;
  const [app, copy] = (await Promise.all(
    [1, 2].map(() => runBlock(block, given, '{ e, bus, procedure }')),
  )) as App[];
  const dispatch = copy!.e.dispatch as (name: string, payload: object) => void;
  const router = initTRPC.create().router({
    signUp: app!.procedure.mutation(() => dispatch('user.created', { id: '1' })),
  });
  await router.createCaller({ db: given.db }).signUp();
  await app!.bus.drain();
  expect(seen.sort()).toEqual(['audit user.created', 'index 1 by a connection']);
});

it('The bus of docs/platforms/nextjs.md takes over the listeners of the newest copy.', async () => {
  const { given } = application();
  const block = blocksOf('platforms/nextjs.md').find((code) => code.includes('sharedBus('))!;
  const seen: string[] = [];
  const evaluate = async (version: number) => {
    const e = initEvents.create(given.catalog);
    const eventRouter: EventHandler = e.router().on('*', () => void seen.push(`version ${version}`));
    return (await runBlock(block, { ...given, e, eventRouter }, 'bus')) as App['bus'];
  };
  const bus = await evaluate(1);
  expect(await evaluate(2)).toBe(bus);
  await (bus.publish as (name: string, payload: object) => Promise<unknown>)('user.created', { id: '1' });
  expect(seen).toEqual(['version 2']);
  await bus.close();
});
