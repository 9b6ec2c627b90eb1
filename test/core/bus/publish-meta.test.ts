import { expect, it } from 'vitest';
import { z } from 'zod';
import { initEvents } from '../../../src/index.ts';
import { catalog, collector, rejectionOf } from '../shop.ts';
import { gate, turn } from '../../setup/async.ts';

interface Context {
  tenant: string;
  listeners?: number;
}
const metaSchema = z.object({ tenant: z.string(), region: z.string().default('eu') });
const e = initEvents.context<Context>().meta(metaSchema).create(catalog);
const meta = ({ ctx }: { ctx: Context }) => ({ tenant: ctx.tenant });

it.each([
  ['at once', () => ({ tenant: 'made' })],
  ['later', async () => (await turn(), { tenant: 'made' })],
])('publish makes meta from the ctx that createContext makes %s.', async (_, createContext) => {
  const contexts: unknown[] = [];
  const router = e.router().on('user.*', ({ event, ctx }) => void contexts.push([event.meta, ctx.tenant]));
  let calls = 0;
  await using bus = e.bus({ handlers: [router], meta, createContext: () => (calls++, createContext()) });
  const { event, failures } = await bus.publish('user.created', { id: '1' });
  expect(failures).toEqual([]);
  expect(event.meta).toEqual({ tenant: 'made', region: 'eu' });
  expect(Object.isFrozen(event.meta)).toBe(true);
  expect(contexts).toEqual([[event.meta, 'made']]);
  expect(calls).toBe(1);
});

it('createContext gets the event, complete but for its meta.', async () => {
  const given: object[] = [];
  const createContext = ({ event }: { event: object }) => {
    given.push({ ...event });
    expect(Object.isFrozen(event)).toBe(true);
    return { tenant: JSON.stringify(event).slice(0, 1) };
  };
  await using bus = e.bus({ handlers: [collector().handler], meta, createContext });
  const { event } = await bus.publish('order.placed', { id: '1' }, { key: 'k' });
  const { meta: made, ...rest } = event;
  expect(made).toEqual({ tenant: '{', region: 'eu' });
  expect(given).toEqual([rest]);
});

it('Listeners have run when publish returns, if createContext is synchronous.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler], meta, createContext: () => ({ tenant: 'made' }) });
  const published = bus.publish('cat.spotted', 1);
  expect(seen.payloads).toEqual([1]);
  await published;
});

it('A meta that is given counts, and createContext can read it.', async () => {
  const router = e.router().on('*', ({ event, ctx }) => expect(ctx.tenant).toBe(event.meta.tenant));
  const createContext = ({ event }: { event: { meta: { tenant: string } } }) => ({
    tenant: event.meta.tenant,
  });
  await using bus = e.bus({ handlers: [router], meta, createContext });
  const { event, failures } = await bus.publish('cat.spotted', 1, { meta: { tenant: 'given' } });
  expect(failures).toEqual([]);
  expect(event.meta.tenant).toBe('given');
});

it('The event of a listener that publishes has the meta of the event that the listener handles.', async () => {
  const router = e.router();
  const metas: unknown[] = [];
  router.on('user.created', () => void bus.publish('user.deleted', { id: '1' }));
  router.on('user.deleted', ({ event }) => void metas.push(event.meta.tenant));
  const bus = e.bus({ handlers: [router], meta, createContext: () => ({ tenant: 'made' }) });
  await bus.publish('user.created', { id: '1' }, { meta: { tenant: 'given' } });
  await bus.close();
  expect(metas).toEqual(['given']);
});

it('publish rejects if createContext reads the meta that is made from its ctx.', async () => {
  const createContext = async ({ event }: { event: { meta: { tenant: string } } }) => ({
    tenant: event.meta.tenant,
  });
  await using bus = e.bus({ handlers: [collector().handler], meta, createContext });
  expect(await rejectionOf(bus.publish('cat.spotted', 1))).toMatchObject({
    code: 'META_FAILED',
    message:
      'createContext read event.meta, and the meta of this event is made from the ctx that createContext makes. Give `meta` in the options of bus.publish.',
  });
});

it('createContext reads an empty meta where that is valid, and the event keeps it.', async () => {
  const free = initEvents.context<Context>().create(catalog);
  const createContext = ({ event }: { event: { meta: Record<string, unknown> } }) => ({
    tenant: String(event.meta['tenant']),
  });
  await using bus = free.bus({ handlers: [collector().handler], meta, createContext });
  expect((await bus.publish('cat.spotted', 1)).event.meta).toEqual({});
});

it('publish rejects if createContext or meta throws.', async () => {
  const seen = collector();
  const boom = () => {
    throw new Error('boom');
  };
  for (const createContext of [boom, async () => boom()]) {
    await using bus = e.bus({ handlers: [seen.handler], meta, createContext });
    expect(await rejectionOf(bus.publish('cat.spotted', 1))).toMatchObject({
      code: 'NO_CONTEXT',
      message: 'createContext threw Error: boom',
    });
  }
  for (const wrong of [boom, () => ({ tenant: 1 as never })]) {
    await using bus = e.bus({
      handlers: [seen.handler],
      meta: wrong,
      createContext: () => ({ tenant: 't' }),
    });
    expect(await rejectionOf(bus.publish('cat.spotted', 1))).toMatchObject({ code: 'META_FAILED' });
  }
  await using none = e.bus({ handlers: [seen.handler], meta });
  expect(await rejectionOf(none.publish('cat.spotted', 1, {} as never))).toMatchObject({
    code: 'NO_CONTEXT',
  });
  expect(seen.events).toEqual([]);
});

it('drain and close wait for an event whose ctx is made.', async () => {
  const { promise, open } = gate<Context>();
  const seen = collector();
  const bus = e.bus({ handlers: [seen.handler], meta, createContext: () => promise });
  const published = bus.publish('cat.spotted', 1);
  await expect(bus.drain({ timeout: 1 })).rejects.toThrow('createContext for cat.spotted');
  const closed = bus.close();
  open({ tenant: 'made' });
  await closed;
  expect(seen.payloads).toEqual([1]);
  expect((await published).event.meta.tenant).toBe('made');
});
