import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, noRetry, unchecked } from '../../src/index.ts';
import { expectConsole } from '../setup/console.ts';
import type { DeadLetter } from '../../src/index.ts';
import { blocksOf, runBlock } from './blocks.ts';

const blocks = blocksOf('delivery.md');

/** Starts a mail service that answers with these statuses in turn, and then with 200. */
async function mailService(statuses: number[]) {
  const server: Server = createServer((_req, res) => res.writeHead(statuses.shift() ?? 200).end());
  server.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    fetch: (_url: string, options: RequestInit) => fetch(`http://localhost:${port}`, options),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

it('The code blocks of docs/delivery.md do what the page says.', async () => {
  const e = initEvents
    .context<{ db: object }>()
    .create(defineEvents({ 'user.created': z.object({ id: z.string(), email: z.email() }) }));
  const eventRouter = e.router();
  const statuses = [400];
  await using mails = await mailService(statuses);
  const letters: DeadLetter[] = [];
  const db = {
    deadLetters: {
      insert: async (letter: DeadLetter) => void letters.push(letter),
      all: async () => letters,
    },
  };
  expect(blocks).toHaveLength(2);
  await runBlock(blocks[0]!, { eventRouter, noRetry, fetch: mails.fetch });
  const [making, repeating] = blocks[1]!.split('// Later');
  const bus = (await runBlock(making!, { e, eventRouter, db }, 'bus')) as ReturnType<typeof e.bus>;

  const lines = expectConsole();
  const { event, failures } = await bus.publish('user.created', { id: '1', email: 'ada@example.org' });
  expect(failures).toMatchObject([
    { listener: 'welcome-mail', error: { cause: new Error('The address is refused') } },
  ]);
  expect(letters).toEqual([
    {
      event,
      listener: 'welcome-mail',
      reason: 'not-retriable',
      attempts: 1,
      error: 'Error: The address is refused',
    },
  ]);
  expect(lines).toEqual([
    expect.stringContaining(
      `trpc-events: LISTENER_FAILED [user.created ${event.id}] [listener welcome-mail, attempt 1] Error: The address is refused at `,
    ),
  ]);

  statuses.push(200);
  await runBlock(`// Later${repeating}`, { db, bus });
  expect(letters).toHaveLength(1);
  expect(statuses).toEqual([]);
});

it('A payload is frozen, and a copy of it is not.', async () => {
  const e = initEvents.create(defineEvents({ noted: unchecked<{ id: string; tags: string[] }>() }));
  const router = e.router().on('noted', ({ event: { payload } }) => {
    expect(() => Object.assign(payload, { _id: 1 })).toThrow(TypeError);
    expect(() => payload.tags.sort()).toThrow(TypeError);
    expect(Object.assign({ ...payload }, { _id: 1 })).toEqual({ id: '1', tags: ['b', 'a'], _id: 1 });
    expect(payload.tags.toSorted()).toEqual(['a', 'b']);
    structuredClone(payload).tags.push('c');
  });
  await using bus = e.bus({ handlers: [router] });
  expect((await bus.publish('noted', { id: '1', tags: ['b', 'a'] })).failures).toEqual([]);
});
