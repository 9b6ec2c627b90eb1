import { describe, expect, test } from 'vitest';
import { e, makeApp, t } from './app.ts';

type App = ReturnType<typeof makeApp>;
type Dispatch = (name: 'noted', payload: string, options: { when: When }) => void;
type When = 'success' | 'failure' | 'settled';
type Inner = (dispatch: Dispatch, ctx: object) => Promise<void>;

/** Outermost scopes: each entry runs the function in a scope, which fails if the function does. */
const OUTER: Record<
  string,
  (app: App, fn: (dispatch: Dispatch, ctx: object) => Promise<void>) => Promise<unknown>
> = {
  'a call': (app, fn) => call(app, {}, fn),
  'an attempt of a listener': (app, fn) => {
    app.router.on('started', ({ ctx }) => fn(ctx.dispatch, ctx));
    return app.bus.publish('started');
  },
  'bus.scope': (app, fn) => app.bus.scope(({ dispatch }) => fn(dispatch, { dispatch })),
};

/** Ways to nest a scope in a call's scope: each entry runs the inner function in one, and rejects if it does. */
const WAYS: Record<string, (app: App, ctx: any, inner: Inner) => Promise<unknown>> = {
  'createCaller(ctx)': (app, ctx, inner) => call(app, ctx, inner),
  'createCaller({})': (app, _, inner) => call(app, {}, inner),
  'e.scope': (_, __, inner) => e.scope(({ dispatch }) => inner(dispatch, {})),
  'e.scope and ctx.dispatch': (_, ctx, inner) => e.scope(() => inner(ctx.dispatch, ctx)),
  'e.scope and e.dispatch': (_, __, inner) => e.scope(() => inner(e.dispatch, {})),
  'bus.scope': ({ bus }, _, inner) => bus.scope(({ dispatch }) => inner(dispatch, {})),
  'bus.scope and e.dispatch': ({ bus }, _, inner) => bus.scope(() => inner(e.dispatch, {})),
};

function call(app: App, ctx: object, inner: Inner): Promise<unknown> {
  const procedure = app.procedure.mutation(({ ctx }) => inner(ctx.dispatch, ctx));
  return t
    .createCallerFactory(t.router({ inner: procedure }))(ctx)
    .inner();
}

const WHENS: When[] = ['success', 'failure', 'settled'];

/** Events that are kept, by the outcome of both. An inner failure that nobody catches fails the outer scope too. */
const TABLE: [outer: string, inner: string, ofInner: When[], ofOuter: When[]][] = [
  ['ok', 'ok', ['success', 'settled'], ['success', 'settled']],
  ['ok', 'failing, caught', ['failure', 'settled'], ['success', 'settled']],
  ['ok', 'failing', ['failure', 'settled'], ['failure', 'settled']],
  ['failing', 'ok', ['settled'], ['failure', 'settled']],
  ['failing', 'failing, caught', ['failure', 'settled'], ['failure', 'settled']],
  ['failing', 'failing', ['failure', 'settled'], ['failure', 'settled']],
];

/** Dispatches an event for each `when`. */
function note(dispatch: Dispatch, where: string): void {
  for (const when of WHENS) dispatch('noted', `${where}: ${when}`, { when });
}

const CASES = Object.keys(OUTER).flatMap((outermost) => Object.keys(WAYS).map((way) => ({ outermost, way })));

describe.each(CASES)('in $outermost, nested by $way', ({ outermost, way }) => {
  test.each(TABLE)('outer %s, inner %s: the inner scope keeps %j, the outer %j', async (...row) => {
    const [outer, inner, ofInner, ofOuter] = row;
    await using app = makeApp({ collectsErrors: true });
    const running = OUTER[outermost]!(app, async (dispatch, ctx) => {
      note(dispatch, 'before');
      const nested = WAYS[way]!(app, ctx, async (dispatch) => {
        note(dispatch, 'inner');
        await Promise.resolve();
        note(dispatch, 'inner, later');
        if (inner !== 'ok') throw new Error('inner');
      });
      if (inner === 'failing, caught') await expect(nested).rejects.toThrow('inner');
      else await nested;
      note(dispatch, 'after');
      if (outer === 'failing') throw new Error('outer');
    });
    await running.catch(() => {});
    await app.bus.drain();

    const dispatched = [
      ...WHENS.map((when) => ({ where: 'before', when, kept: ofOuter })),
      ...WHENS.map((when) => ({ where: 'inner', when, kept: ofInner })),
      ...WHENS.map((when) => ({ where: 'inner, later', when, kept: ofInner })),
      ...(inner === 'failing' ? [] : WHENS.map((when) => ({ where: 'after', when, kept: ofOuter }))),
    ];
    const notes = (isKept: boolean) =>
      dispatched
        .filter(({ when, kept }) => kept.includes(when) === isKept)
        .map(({ where, when }) => `${where}: ${when}`);
    expect(app.handled).toEqual(notes(true));
    expect(app.discarded).toEqual(notes(false));
  });
});
