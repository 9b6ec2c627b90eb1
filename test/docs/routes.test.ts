import { createServer, type RequestListener } from 'node:http';
import express, { type Express } from 'express';
import fastify, { type FastifyInstance } from 'fastify';
import { Hono } from 'hono';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, withEvents } from '../../src/index.ts';
import { serve } from '../servers/start.ts';
import { blocksOf, runBlock } from './blocks.ts';

/** Returns the code block of docs/recipes/routes.md that has this text. */
function blockWith(text: string): string {
  const found = blocksOf('recipes/routes.md').filter((block) => block.includes(text));
  expect(found).toHaveLength(1);
  return found[0]!;
}

const db = { users: { insert: async () => ({ id: '1' }), delete: async () => {} } };
const e = initEvents.context<{ db: typeof db }>().create(
  defineEvents({
    'user.created': z.object({ id: z.string(), email: z.email() }),
    'user.deleted': z.object({ id: z.string() }),
  }),
);
let handled: string[];
let bus: ReturnType<typeof makeBus>;
function makeBus() {
  const router = e.router().on('*', ({ event }) => void handled.push(`${event.name} ${event.path}`));
  return e.bus({ handlers: [router], createContext: () => ({ db }) });
}
beforeEach(() => {
  handled = [];
  bus = makeBus();
});
afterEach(() => bus.close({ timeout: 10_000 }));

const given = () => ({ bus, e, db, z, withEvents });
const created = { method: 'POST', body: JSON.stringify({ email: 'ada@example.org' }) };
const json = { 'content-type': 'application/json' };

it('The route and the middleware of express in docs/recipes/routes.md work.', async () => {
  const app = (await runBlock(blockWith('express().use('), { ...given(), express }, 'app')) as Express;
  app.get('/:status', (req, res) => {
    e.dispatch('user.deleted', { id: '1' });
    res.sendStatus(Number(req.params.status));
  });
  await using server = await serve(createServer(app as RequestListener));
  const response = await fetch(`${server.url}/users`, { ...created, headers: json });
  expect([response.status, await response.json()]).toEqual([201, { id: '1' }]);
  for (const status of [200, 404]) await (await fetch(`${server.url}/${status}`)).text();
  await bus.drain();
  expect(handled).toEqual(['user.created undefined', 'user.deleted undefined']);
});

it('The route of fastify in docs/recipes/routes.md works.', async () => {
  const block = blockWith('fastify()').replace('app.delete<{ Params: { id: string } }>', 'app.delete');
  const app = (await runBlock(block, { ...given(), fastify }, 'app')) as FastifyInstance;
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const response = await fetch(`${url}/users/7`, { method: 'DELETE' });
  expect(await response.json()).toEqual({ deleted: '7' });
  await app.close();
  await bus.drain();
  expect(handled).toEqual(['user.deleted undefined']);
});

it('The route of Hono in docs/recipes/routes.md works.', async () => {
  const app = (await runBlock(blockWith('new Hono()'), { ...given(), Hono }, 'app')) as Hono;
  expect((await app.request('/users', created)).status).toBe(201);
  await bus.drain();
  expect(handled).toEqual(['user.created undefined']);
});

it('The fetch handler in docs/recipes/routes.md works.', async () => {
  const block = blockWith("path: 'POST /users'").replace('default {', 'const worker = {');
  const worker = (await runBlock(block, given(), 'worker')) as { fetch(request: Request): Promise<Response> };
  const response = await worker.fetch(new Request('http://localhost/', created));
  expect(await response.json()).toEqual({ id: '1' });
  await expect(
    worker.fetch(new Request('http://localhost/', { method: 'POST', body: '{}' })),
  ).rejects.toThrow(/email/);
  await bus.drain();
  expect(handled).toEqual(['user.created POST /users']);
});
