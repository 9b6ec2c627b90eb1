import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvents, initEvents, type BusOptions, type EventObserver } from '../../src/index.ts';
import { expectConsole } from '../setup/console.ts';
import { start } from '../servers/start.ts';
import { t, eventually } from './app.ts';

const fault = new Error('fault');
const FAULTS: Record<string, () => any> = {
  'throws an Error': () => {
    throw fault;
  },
  'throws undefined': () => {
    throw undefined;
  },
  'throws what has no text': () => {
    throw Object.create(null);
  },
  rejects: () => Promise.reject(fault),
  'rejects later': () => new Promise((_, reject) => setTimeout(reject, 1, fault)),
  'returns a thenable that throws': () => ({
    // oxlint-disable-next-line unicorn/no-thenable -- as a faulty library might
    then() {
      throw fault;
    },
  }),
};

const e = initEvents.create(defineEvents({ noted: z.string() }));
type Options = BusOptions<(typeof e)['~types']>;
type Fault = () => any;

const HOOKS: (keyof EventObserver)[] = [
  'scopeOpened',
  'scopeSettled',
  'responseSent',
  'responseUnknown',
  'dispatched',
  'discarded',
  'unhandled',
  'errored',
  'wrapFlush',
  'wrapAttempt',
];
const PARTS: Record<string, (fault: Fault) => Partial<Options>> = {
  'a listener': (fault) => ({ handlers: [e.router().on('noted', fault)] }),
  'handle of a handler': (fault) => ({ handlers: [{ name: 'mine', handle: fault }] }),
  'handleMany of a handler': (fault) => ({ handlers: [{ name: 'mine', handleMany: fault }] }),
  'onError, and a listener': (fault) => ({
    handlers: [e.router().on('noted', fault)],
    onError: fault,
  }),
  onDiscard: (fault) => ({ onDiscard: fault }),
  meta: (fault) => ({ meta: fault }),
  createContext: (fault) => ({ createContext: fault }),
  'open of a strategy': (fault) => ({ defer: { name: 'mine', open: fault, start: (flush) => flush() } }),
  'start of a strategy': (fault) => ({ defer: { name: 'mine', start: fault } }),
  ...Object.fromEntries(
    HOOKS.map((hook) => [
      `${hook} of an observer`,
      (fault: Fault) => ({ observers: [{ name: 'mine', [hook]: fault }] }),
    ]),
  ),
};
const CASES = Object.keys(PARTS).flatMap((part) => Object.keys(FAULTS).map((how) => ({ part, how })));

// test/setup/quiet.ts fails a test on unexpected output, and on unhandled rejections.
describe.each(CASES)('$part that $how', ({ part, how }) => {
  test('changes no result, and stops no other listener', async () => {
    const seen: string[] = [];
    const lines = part.startsWith('onError') ? expectConsole() : [];
    const { handlers = [], ...options } = PARTS[part]!(FAULTS[how]!);
    const witness = e.router().on('noted', ({ event }) => void seen.push(event.payload));
    await using bus = e.bus({
      onError: () => {},
      unhandled: 'ignore',
      ...options,
      handlers: [...handlers, witness] as never,
    });
    const procedure = t.procedure.use(bus.middleware());
    const router = t.router({
      note: procedure.mutation(({ ctx }) => {
        ctx.dispatch('noted', 'kept');
        return 'result';
      }),
      fail: procedure.mutation(({ ctx }) => {
        ctx.dispatch('noted', 'dropped');
        ctx.dispatch('noted', 'of a failure', { when: 'failure' });
        throw new Error('mine');
      }),
    });
    await using server = await start('standalone', router);
    expect(await server.client().note.mutate()).toBe('result');
    await expect(server.client().fail.mutate()).rejects.toThrow('mine');
    await bus.drain();
    // Events without their meta are not delivered.
    expect(seen).toEqual(part === 'meta' ? [] : ['kept', 'of a failure']);
    // Each of the two events leads to two lines: what onError threw, and what it should have reported.
    await eventually(() => expect(lines).toHaveLength(part.startsWith('onError') ? 4 : 0));
    expect(lines.join()).not.toContain('kept');
  });
});
