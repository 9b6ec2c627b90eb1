/**
 * The size of a large application whose source is made here, to measure what the types cost. Events are `unchecked`,
 * because the cost of zod's types (as much again) is not ours to budget.
 */
export interface Size {
  events: number;
  listeners: number;
  procedures: number;
}

const ACTIONS = ['created', 'updated', 'deleted', 'archived', 'restored'];
const DISPATCHES_PER_PROCEDURE = 3;

/** Names an event. Each domain has ten events, half of them with two segments, and half with three. */
const nameOf = (index: number) => {
  const domain = Math.floor(index / 10);
  const action = ACTIONS[index % 5];
  return index % 10 < 5 ? `domain${domain}.${action}` : `domain${domain}.item.${action}`;
};

export function programOf({ events, listeners, procedures }: Size): string {
  const domains = Math.ceil(events / 10);
  const list = (count: number, line: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => line(index));
  const schema = (index: number) =>
    `  '${nameOf(index)}': unchecked<{ id: string; field${index}: number }>(),`;

  // Among 20 listeners, 11 listen to one name, 5 to a domain, and 4 to other patterns.
  const listener = (index: number) => {
    const domain = index % domains;
    if (index % 20 < 11) {
      const event = (index * 7) % events;
      return `router.on('${nameOf(event)}', ({ event, ctx }) => ctx.log(event.payload.id + event.payload.field${event}));`;
    }
    const others = [
      `'*.created'`,
      `'{domain${domain},domain${(domain + 1) % domains}}.*'`,
      `'!domain${domain}.*'`,
      `'*'`,
      `['domain${domain}.*', 'domain${(domain + 3) % domains}.created']`,
      `['*', '!domain${domain}.*']`,
      `'domain${domain}.*.deleted'`,
    ];
    const pattern = index % 20 < 16 ? `'domain${domain}.*'` : others[index % others.length];
    return `router.on(${pattern}, ({ event, ctx }) => ctx.log(event.payload.id));`;
  };

  const procedure = (index: number) => {
    const dispatches = list(DISPATCHES_PER_PROCEDURE, (nth) => {
      const event = (index * 31 + nth * 7) % events;
      return `    ctx.dispatch('${nameOf(event)}', { id: ctx.user.name, field${event}: ${nth} });`;
    });
    return [`  procedure${index}: procedure.mutation(({ ctx }) => {`, ...dispatches, '  }),'].join('\n');
  };

  return [
    `import { initTRPC } from '@trpc/server';`,
    `import { defineEvents, initEvents, unchecked } from 'trpc-events';`,
    'interface Context { log(text: string): void; user: { name: string } }',
    'export const catalog = defineEvents({',
    ...list(events, schema),
    '});',
    'export const e = initEvents.context<Context>().create(catalog);',
    'export const router = e.router();',
    ...list(listeners, listener),
    'export const bus = e.bus({ handlers: [router] });',
    'const t = initTRPC.context<Context>().create();',
    'const procedure = t.procedure.use(bus.middleware());',
    'export const appRouter = t.router({',
    ...list(procedures, procedure),
    '});',
  ].join('\n');
}
