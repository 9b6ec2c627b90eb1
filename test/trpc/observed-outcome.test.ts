import { initTRPC, TRPCError } from '@trpc/server';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type Outcome } from '../../src/index.ts';

const e = initEvents.create(defineEvents({ 'user.created': z.void() }));
const conflict = new TRPCError({ code: 'CONFLICT' });
const thrown = new Error('in between');

function setUp() {
  const outcomes: Outcome[] = [];
  const observer = {
    name: 'outcomes',
    scopeSettled: (_: unknown, outcome: Outcome) => outcomes.push(outcome),
  };
  const bus = e.bus({ handlers: [], observers: [observer] });
  const t = initTRPC.create();
  const procedure = t.procedure.use(bus.middleware());
  const router = t.router({
    ok: procedure.mutation(() => 1),
    refuses: procedure.mutation(() => {
      throw conflict;
    }),
    breaks: procedure.subscription(async function* () {
      yield 1;
      throw thrown;
    }),
  });
  return { outcomes, bus, caller: t.createCallerFactory(router)({}) };
}

test('An observer is told how a call ended, and with which error.', async () => {
  const { outcomes, caller } = setUp();
  await caller.ok();
  await expect(caller.refuses()).rejects.toThrow('CONFLICT');
  expect(outcomes).toEqual([{ ok: true }, { ok: false, error: conflict }]);
});

test('An observer is told what a stream threw, and what a scope threw.', async () => {
  const { outcomes, bus, caller } = setUp();
  const stream = (await caller.breaks())[Symbol.asyncIterator]();
  await stream.next();
  await expect(stream.next()).rejects.toThrow('in between');
  const fail = () => {
    throw thrown;
  };
  await expect(bus.scope(fail)).rejects.toThrow('in between');
  expect(outcomes).toEqual([
    { ok: false, error: thrown },
    { ok: false, error: thrown },
  ]);
});
