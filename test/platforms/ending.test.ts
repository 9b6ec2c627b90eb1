import { once } from 'node:events';
import { expect, test } from 'vitest';
import { ALL_ADAPTERS, distantClients } from './adapters.ts';
import { callAll } from './calls.ts';
import { startFreezing } from './freezing-process.ts';
import type { FrozenRouter } from './frozen-app.ts';

const SERVER = new URL('ending-server.ts', import.meta.url);

test.each(ALL_ADAPTERS)(
  'on %s, calls leave no timer behind, and the process ends by itself',
  async (adapter) => {
    await using server = startFreezing(SERVER, { adapter }, {});
    const url = await server.message<string>();
    const { clients, close } = distantClients<FrozenRouter>(adapter, url);
    const events = await callAll(clients, 'call', 50);
    // This link is not for streams, so the stream is never pulled.
    await expect(clients.client('httpLink').parts.query({ id: 'no' })).rejects.toMatchObject({
      data: { httpStatus: 415 },
    });
    const exit = once(server.child, 'exit');
    server.child.send(events.length);
    expect(await exit).toEqual([0, null]);
    close();
    expect(server.journal()).toEqual([['the end']]);
    expect(server.printed).toEqual([]);
  },
  60_000,
);
