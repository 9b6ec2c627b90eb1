import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import { collector, e, thrownBy, untyped } from '../shop.ts';

const cyclic: { id: string; self?: unknown } = { id: '1' };
cyclic.self = cyclic;
const byName = (shown: string) =>
  `An event is dispatched by its name, or as a value made by defineEvent, not by ${shown}.`;
const payload = (name: string, got: string) =>
  new RegExp(`^The payload of "${name}" is not what its schema asks for.*\\(it got ${got}\\)$`);

const bad: [string, unknown[], string, string | RegExp][] = [
  ['nothing', [], 'UNKNOWN_EVENT', byName('undefined')],
  ['undefined', [undefined, {}], 'UNKNOWN_EVENT', byName('undefined')],
  ['null', [null, {}], 'UNKNOWN_EVENT', byName('null')],
  ['a number', [7, {}], 'UNKNOWN_EVENT', byName('7')],
  ['an object', [{ name: 'user.created', payload: { id: '1' } }], 'UNKNOWN_EVENT', byName('an object')],
  ['a function', [() => 1], 'UNKNOWN_EVENT', byName('function (anonymous)')],
  ['a symbol', [Symbol('user.created')], 'UNKNOWN_EVENT', byName('Symbol(user.created)')],
  ['__proto__', ['__proto__', {}], 'UNKNOWN_EVENT', /^The catalog has no event "__proto__"\. /],
  ['constructor', ['constructor', {}], 'UNKNOWN_EVENT', /^The catalog has no event "constructor"\. /],
  [
    'hasOwnProperty',
    ['hasOwnProperty', {}],
    'UNKNOWN_EVENT',
    /^The catalog has no event "hasOwnProperty"\. /,
  ],
  [
    'a misspelt name',
    ['user.creatd', { id: '1' }],
    'UNKNOWN_EVENT',
    'The catalog has no event "user.creatd". Did you mean "user.created"?',
  ],
  ['an empty name', ['', {}], 'UNKNOWN_EVENT', /^The catalog has no event ""\. Known are /],
  ['a pattern', ['user.*', {}], 'UNKNOWN_EVENT', /^The catalog has no event "user\.\*"\. /],
  [
    'a name that is very long',
    ['x'.repeat(100_000), {}],
    'UNKNOWN_EVENT',
    /^The catalog has no event "x{80}…"\. /,
  ],
  ['no payload', ['user.created'], 'INVALID_PAYLOAD', payload('user.created', 'no payload')],
  ['null for an object', ['user.created', null], 'INVALID_PAYLOAD', payload('user.created', 'null')],
  ['an array for an object', ['user.created', ['1']], 'INVALID_PAYLOAD', payload('user.created', 'an array')],
  ['a text for an object', ['user.created', '1'], 'INVALID_PAYLOAD', payload('user.created', 'a string')],
  [
    'a payload where there is none',
    ['cache.cleared', {}],
    'INVALID_PAYLOAD',
    payload('cache.cleared', 'an object'),
  ],
  ['a wrong member', ['user.created', { id: 1 }], 'INVALID_PAYLOAD', /, at id: [^()]*$/],
  [
    'a cyclic payload',
    ['cat.spotted', cyclic],
    'INVALID_PAYLOAD',
    /^The payload of "cat\.spotted" contains itself, at self: /,
  ],
  [
    'options that are no object',
    ['user.created', { id: '1' }, 'key'],
    'BAD_OPTION',
    /takes an object of options, not "key"\.$/,
  ],
  [
    'options of null',
    ['user.created', { id: '1' }, null],
    'BAD_OPTION',
    /takes an object of options, not null\.$/,
  ],
  [
    'an unknown option',
    ['user.created', { id: '1' }, { kee: '1' }],
    'BAD_OPTION',
    /has no option "kee"\. Did you mean "key"\?$/,
  ],
  [
    'an empty key',
    ['user.created', { id: '1' }, { key: '' }],
    'BAD_OPTION',
    /: key must be a text that is not empty, not ""\.$/,
  ],
  [
    'meta that is no object',
    ['user.created', { id: '1' }, { meta: 7 }],
    'META_FAILED',
    'The meta of an event must be an object, not 7.',
  ],
];

it.each(bad)(
  'Dispatching %s is refused by each way to dispatch, and nothing is buffered.',
  async (_, args, code, message) => {
    const seen = collector();
    await using bus = e.bus({ handlers: [seen.handler] });
    const refused = { code, message: typeof message === 'string' ? message : expect.stringMatching(message) };
    const t = initTRPC.create();
    const router = t.router({
      all: t.procedure.use(bus.middleware()).mutation(({ ctx }) => {
        ctx.dispatch('user.created', { id: 'before' });
        expect(thrownBy(() => untyped(ctx.dispatch)(...args))).toMatchObject(refused);
        expect(thrownBy(() => untyped(e.dispatch)(...args))).toMatchObject(refused);
        e.scope(({ dispatch }) => expect(thrownBy(() => untyped(dispatch)(...args))).toMatchObject(refused));
        ctx.dispatch('user.created', { id: 'after' });
      }),
    });
    await t.createCallerFactory(router)({}).all();
    await expect(untyped(bus.publish)(...args)).rejects.toMatchObject(refused);
    await bus.scope(({ dispatch }) => {
      expect(thrownBy(() => untyped(dispatch)(...args))).toMatchObject(refused);
    });
    expect(seen.payloads).toEqual([{ id: 'before' }, { id: 'after' }]);
  },
);

it('An error message quotes nothing of the payload, which may hold secrets.', async () => {
  await using bus = e.bus({ handlers: [] });
  for (const secret of [
    'top secret',
    ['top secret'],
    { secret: 'top secret' },
    { id: { secret: 'top secret' } },
  ]) {
    const error = (await untyped(bus.publish)('user.created', secret).catch(
      (error: unknown) => error,
    )) as Error;
    expect(error.message).not.toContain('secret');
  }
});

it.each(['ever', '', null, 7, true])('The option when: %j is refused.', async (when) => {
  await using bus = e.bus({ handlers: [] });
  await bus.scope(({ dispatch }) => {
    expect(thrownBy(() => untyped(dispatch)('cat.spotted', 1, { when }))).toMatchObject({
      code: 'BAD_OPTION',
      message: `dispatch: when must be "success" or "failure" or "settled", not ${JSON.stringify(when)}.`,
    });
  });
});

it('An option that is undefined counts as left out.', async () => {
  const seen = collector();
  await using bus = e.bus({ handlers: [seen.handler], when: undefined, limits: { depth: undefined } });
  await bus.scope(({ dispatch }) =>
    dispatch('cat.spotted', 1, { when: undefined, key: undefined, meta: undefined }),
  );
  expect(seen.payloads).toEqual([1]);
});
