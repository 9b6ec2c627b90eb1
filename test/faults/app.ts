import { setTimeout as sleep } from 'node:timers/promises';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { defineEvents, initEvents, type EventsError } from '../../src/index.ts';

const token = z.object({ token: z.string() });

/** The events of the recipes that run in this process. */
export const e = initEvents.create(
  defineEvents({
    'work.done': token,
    'work.noted': token,
    'loop.a': token,
    'loop.b': token,
    'tree.grown': token,
  }),
);
export const t = initTRPC.create();

/** Makes a procedure that dispatches `work.done` with the token of its input, and then takes some time. */
export function workOf(
  bus: ReturnType<typeof e.bus>,
  after: () => unknown = () => {},
): (token: string) => Promise<unknown> {
  const work = t.procedure
    .use(bus.middleware())
    .input((input) => input as string)
    .mutation(async ({ ctx, input }) => {
      ctx.dispatch('work.done', { token: input });
      await after();
    });
  return t.createCallerFactory(t.router({ work }))({}).work;
}

/** Collects reports. `check` throws if one has another code than those that the recipe provokes. */
export function onlyReports(...codes: EventsError['code'][]) {
  const others: string[] = [];
  return {
    onError: ({ error }: { error: EventsError }) => {
      if (!codes.includes(error.code)) others.push(`${error.code}: ${error.message}`);
    },
    check: () => {
      if (others.length > 0) throw new Error(`Reported, too: ${others.slice(0, 3).join('; ')}`);
    },
  };
}

/** Returns true if calls that may wait forever end in time. */
export async function isDone(calls: Promise<unknown>, ms = 60_000): Promise<boolean> {
  const over = new AbortController();
  try {
    return await Promise.race([calls.then(() => true), sleep(ms, false, over)]);
  } finally {
    over.abort();
  }
}

/** Returns true if a bus says in time that it is drained. */
export async function isDrained(bus: {
  drain(options: { timeout: number }): Promise<void>;
}): Promise<boolean> {
  try {
    await bus.drain({ timeout: 60_000 });
    return true;
  } catch (error) {
    if ((error as EventsError).code === 'DRAIN_TIMEOUT') return false;
    throw error;
  }
}

/** Runs `count` tasks, at most `width` at a time. */
export async function inParallel(
  count: number,
  width: number,
  task: (i: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker));
}
