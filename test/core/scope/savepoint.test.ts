import { initTRPC } from '@trpc/server';
import { expect, it } from 'vitest';
import { initEvents, type DiscardReason, type When } from '../../../src/index.ts';
import { catalog, collector, e, thrownBy, untyped } from '../shop.ts';
import { turn } from '../../setup/async.ts';

function makeBus() {
  const seen = collector();
  const dropped: [unknown, DiscardReason][] = [];
  const bus = e.bus({
    handlers: [seen.handler],
    onDiscard: ({ event, reason }) => dropped.push([event.payload, reason]),
  });
  return { bus, seen, dropped };
}
const boom = new Error('boom');
const fail = () => {
  throw boom;
};

it('e.scope drops the events of its function if the function throws, and lets the error through.', async () => {
  const { bus, seen, dropped } = makeBus();
  await bus.scope(async () => {
    e.dispatch('cat.spotted', 'before');
    expect(thrownBy(() => e.scope(() => (e.dispatch('cat.spotted', 'sync'), fail())))).toBe(boom);
    const rejecting = e.scope(async () => (e.dispatch('cat.spotted', 'async'), await turn(), fail()));
    await expect(rejecting).rejects.toBe(boom);
    e.dispatch('cat.spotted', 'after');
  });
  expect(seen.payloads).toEqual(['before', 'after']);
  expect(dropped).toEqual([
    ['sync', 'failed'],
    ['async', 'failed'],
  ]);
});

it('A thenable that the function returns and that starts when awaited, like a Prisma query, runs in the scope too.', async () => {
  const { bus, seen, dropped } = makeBus();
  const query = (name: string, failure?: Error) => {
    const run = async () => {
      e.dispatch('cat.spotted', name);
      if (failure) throw failure;
    };
    // oxlint-disable-next-line unicorn/no-thenable -- the test is about a thenable
    return { then: (yes?: () => void, no?: (error: unknown) => void) => run().then(yes, no) };
  };
  await bus.scope(async () => {
    await e.scope(() => query('kept'));
    await expect(e.scope(() => query('dropped', boom))).rejects.toBe(boom);
  });
  await expect(bus.scope(() => query('dropped, too', boom) as Promise<void>)).rejects.toBe(boom);
  const left = { path: undefined, meta: undefined, defer: undefined, signal: undefined, response: undefined };
  const scope = bus['~open'](left);
  await scope.run(() => query('foreign'));
  await scope.settle({ ok: true });
  expect(seen.payloads).toEqual(['kept', 'foreign']);
  expect(dropped).toEqual([
    ['dropped', 'failed'],
    ['dropped, too', 'failed'],
  ]);
});

it('e.scope returns synchronously if its function does.', async () => {
  const { bus, seen } = makeBus();
  await bus.scope(async () => {
    expect(e.scope(() => 'value')).toBe('value');
    const promise = e.scope(async () => 'value');
    expect(promise).toBeInstanceOf(Promise);
    expect(await promise).toBe('value');
    e.scope(({ dispatch }) => dispatch('cat.spotted', 1));
  });
  expect(seen.payloads).toEqual([1]);
});

it('Every dispatch in e.scope goes into that scope: its own, e.dispatch, and those of the scopes around it.', async () => {
  const { bus, seen, dropped } = makeBus();
  await bus.scope(({ dispatch: outer }) => {
    thrownBy(() =>
      e.scope(({ dispatch: middle }) => {
        middle('cat.spotted', 'middle');
        thrownBy(() =>
          e.scope(({ dispatch: inner }) => {
            outer('cat.spotted', 'outer in inner');
            middle('cat.spotted', 'middle in inner');
            inner('cat.spotted', 'inner');
            e.dispatch('cat.spotted', 'e in inner');
            fail();
          }),
        );
        expect(dropped).toHaveLength(0);
        outer('cat.spotted', 'outer in middle');
        fail();
      }),
    );
    outer('cat.spotted', 'outer');
  });
  expect(seen.payloads).toEqual(['outer']);
  expect(dropped).toEqual(
    ['middle', 'outer in inner', 'middle in inner', 'inner', 'e in inner', 'outer in middle'].map(
      (payload) => [payload, 'failed'],
    ),
  );
});

it('bus.scope within a call nests like e.scope: it has the ctx and takes the dispatches of the call.', async () => {
  const app = initEvents.context<{ db: string }>().create(catalog);
  const contexts: unknown[] = [];
  const router = app
    .router()
    .on('cat.spotted', ({ ctx, event }) => void contexts.push([event.payload, ctx.db]));
  const bus = app.bus({ handlers: [router] });
  const t = initTRPC.context<{ db: string }>().create();
  const spot = t.procedure.use(bus.middleware()).mutation(async ({ ctx }) => {
    await bus.scope(({ dispatch }) => {
      dispatch('cat.spotted', 'own');
      ctx.dispatch('cat.spotted', 'ctx.dispatch');
      app.dispatch('cat.spotted', 'e.dispatch');
    });
    const failing = bus.scope(() => {
      ctx.dispatch('cat.spotted', 'dropped');
      fail();
    });
    await expect(failing).rejects.toBe(boom);
  });
  await t.createCallerFactory(t.router({ spot }))({ db: 'db' }).spot();
  expect(contexts).toEqual([
    ['own', 'db'],
    ['ctx.dispatch', 'db'],
    ['e.dispatch', 'db'],
  ]);
});

it('A call made in a scope belongs to that scope, and e.scope in the call takes nothing of the outer one.', async () => {
  const { bus, seen, dropped } = makeBus();
  const t = initTRPC.context<{ outer: (name: 'cat.spotted', payload: string) => void }>().create();
  const inner = t.procedure.use(bus.middleware()).mutation(({ ctx }) => {
    ctx.outer('cat.spotted', 'outer dispatch in the call');
    ctx.dispatch('cat.spotted', 'the call');
    e.scope(() => {
      ctx.outer('cat.spotted', 'outer dispatch in a scope of the call');
      ctx.dispatch('cat.spotted', 'a scope of the call');
    });
  });
  const createCaller = t.createCallerFactory(t.router({ inner }));
  await bus.scope(async ({ dispatch }) => {
    await createCaller({ outer: dispatch }).inner();
    const failing = e.scope(async () => {
      await createCaller({ outer: dispatch }).inner();
      fail();
    });
    await expect(failing).rejects.toBe(boom);
  });
  const all = [
    'outer dispatch in the call',
    'the call',
    'outer dispatch in a scope of the call',
    'a scope of the call',
  ];
  expect(seen.payloads).toEqual(all);
  expect(dropped.map(([payload]) => payload)).toEqual(all);
});

it('Two concurrent e.scope calls do not mix, and a dispatch after them belongs to the scope around.', async () => {
  const { bus, seen } = makeBus();
  await bus.scope(async ({ dispatch }) => {
    await Promise.allSettled([
      e.scope(async () => {
        dispatch('cat.spotted', 'bad 1');
        await turn();
        dispatch('cat.spotted', 'bad 2');
        throw boom;
      }),
      e.scope(async () => {
        dispatch('cat.spotted', 'good 1');
        await turn();
        await turn();
        dispatch('cat.spotted', 'good 2');
      }),
    ]);
    dispatch('cat.spotted', 'after');
  });
  expect(seen.payloads).toEqual(['good 1', 'good 2', 'after']);
});

it('An inner dispatch that is called later obeys the outcome that its scope had.', async () => {
  const { bus, seen, dropped } = makeBus();
  await bus.scope(() => {
    let kept!: (event: 'cat.spotted', payload: unknown) => void;
    let failed!: (event: 'cat.spotted', payload: unknown) => void;
    e.scope(({ dispatch }) => void (kept = dispatch));
    thrownBy(() => e.scope(({ dispatch }) => ((failed = dispatch), fail())));
    kept('cat.spotted', 'kept');
    failed('cat.spotted', 'failed');
    expect(seen.payloads).toEqual([]);
  });
  expect(seen.payloads).toEqual(['kept']);
  expect(dropped).toEqual([['failed', 'failed']]);
});

const outcomes = ['ok', 'failing'] as const;
const cases = outcomes.flatMap((outer) =>
  (['ok', 'failing', 'caught'] as const).flatMap((inner) =>
    (['success', 'failure', 'settled'] as const).flatMap((when) =>
      (['e.scope', 'bus.scope'] as const).map((kind) => ({ outer, inner, when, kind })),
    ),
  ),
);
/** Returns which events are kept. An inner failure that nobody catches fails the outer scope too. */
function expected(outer: string, inner: string, when: When): { inner: boolean; outer: boolean } {
  const outerOk = outer === 'ok' && inner !== 'failing';
  if (when === 'settled') return { inner: true, outer: true };
  if (when === 'failure') return { inner: inner !== 'ok', outer: !outerOk };
  return { inner: inner === 'ok' && outerOk, outer: outerOk };
}

it.each(cases)(
  'Each outcome decides about its own events: outer $outer, inner $inner by $kind, when $when.',
  async ({ outer, inner, when, kind }) => {
    const { bus, seen } = makeBus();
    const scope = bus.scope(async ({ dispatch }) => {
      dispatch('cat.spotted', 'outer', { when });
      const body = async () => {
        await turn();
        e.dispatch('cat.spotted', 'inner', { when });
        if (inner !== 'ok') fail();
      };
      const nested = kind === 'e.scope' ? e.scope(body) : bus.scope(body);
      await (inner === 'caught' ? nested.catch(() => {}) : nested);
      expect(seen.payloads).toEqual([]);
      if (outer === 'failing') fail();
    });
    await scope.catch(() => {});
    const kept = expected(outer, inner, when);
    expect(seen.payloads).toEqual(['outer', 'inner'].filter((name) => kept[name as 'outer' | 'inner']));
  },
);

it('An inner scope that settles after its outer one is judged by both outcomes, and flushed by itself.', async () => {
  for (const outer of outcomes) {
    const { bus, seen } = makeBus();
    let inner!: Promise<void>;
    const scope = bus.scope(() => {
      inner = e.scope(async () => {
        e.dispatch('cat.spotted', 'success');
        e.dispatch('cat.spotted', 'settled', { when: 'settled' });
        await turn();
        await turn();
      });
      if (outer === 'failing') fail();
    });
    await scope.catch(() => {});
    expect(seen.payloads).toEqual([]);
    await inner;
    expect(seen.payloads).toEqual(outer === 'ok' ? ['success', 'settled'] : ['settled']);
  }
});

it('An event of an inner scope waits for all scopes around it, even if the outermost has settled.', async () => {
  for (const middle of outcomes) {
    const { bus, seen } = makeBus();
    let around!: Promise<void>;
    await bus.scope(() => {
      around = e.scope(async () => {
        e.scope(() => e.dispatch('cat.spotted', 'innermost'));
        await turn();
        await turn();
        if (middle === 'failing') fail();
      });
    });
    expect(seen.payloads).toEqual([]);
    await around.catch(() => {});
    expect(seen.payloads).toEqual(middle === 'ok' ? ['innermost'] : []);
  }
});

it('e.scope and e.dispatch throw NO_SCOPE outside any scope, and the message names what to use instead.', () => {
  makeBus();
  for (const [what, call] of [
    ['e.scope', () => e.scope(() => {})],
    ['e.dispatch', () => e.dispatch('cat.spotted', 1)],
  ] as const) {
    const message = `${what} was called outside any scope of this e. In a procedure, add .use(bus.middleware()). In any other handler, use withEvents (in Next.js, the one of trpc-events/next). In a stream nested in a procedure's result, use ctx.dispatch. In a script or a job, use bus.publish for one event, or bus.scope around several.`;
    expect(thrownBy(call)).toMatchObject({ code: 'NO_SCOPE', message });
  }
});

it.each([[undefined], [null], [7], [{}]])('e.scope(%o) is refused in a scope and outside.', async (fn) => {
  const refused = { code: 'BAD_OPTION', message: expect.stringMatching(/^e\.scope takes the function/) };
  expect(thrownBy(() => untyped(e.scope)(fn))).toMatchObject(refused);
  await makeBus().bus.scope(() => {
    expect(thrownBy(() => untyped(e.scope)(fn))).toMatchObject(refused);
  });
});
