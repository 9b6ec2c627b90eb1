import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, noRetry } from '../../src/index.ts';
import { expectConsole } from '../setup/console.ts';
import type { DeadLetter } from '../../src/index.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/delivery.md'), 'utf8');
const blocks = Array.from(text.matchAll(/^```ts\n(.*?)^```/gms), ([, code]) =>
  code!.replaceAll(/^import .*\n/gm, ''),
);

/** Runs a block with what it takes as given, and gives back what it declares. */
async function run(block: string, given: Record<string, unknown>, declared = 'undefined'): Promise<unknown> {
  const body = `return (async () => { ${stripTypeScriptTypes(block)}\nreturn ${declared}; })();`;
  // oxlint-disable-next-line typescript/no-implied-eval -- what the docs say is what is run
  return new Function(...Object.keys(given), body)(...Object.values(given)) as Promise<unknown>;
}

/** A mail service that answers as it is told to. */
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

it('The blocks of docs/delivery.md do what it says.', async () => {
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
  await run(blocks[0]!, { eventRouter, noRetry, fetch: mails.fetch });
  const [making, repeating] = blocks[1]!.split('// Later');
  const bus = (await run(making!, { e, eventRouter, db }, 'bus')) as ReturnType<typeof e.bus>;

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
    `trpc-events: LISTENER_FAILED [user.created ${event.id}] [listener welcome-mail, attempt 1] Error: The address is refused`,
  ]);

  statuses.push(200);
  await run(`// Later${repeating}`, { db, bus });
  expect(letters).toHaveLength(1);
  expect(statuses).toEqual([]);
});
