import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { compilers, tsc, type Compiler } from './compilers.ts';

/** Mistakes that users make, each in a line of its own, below what all of them need. */
const PRELUDE = `
import { initTRPC } from '@trpc/server';
import { defineEvents, initEvents, inline, unchecked, withEvents } from 'trpc-events';
import { z } from 'zod';
interface Context { db: { find(): void }; redis: { get(): void } }
const catalog = defineEvents({ a: unchecked<{ id: string }>(), b: unchecked<void>() });
const e = initEvents.context<Context>().create(catalog);
const router = e.router();
const bus = e.bus({ handlers: [router] });
const t = initTRPC.context<Context>().create();
const poor = initTRPC.context<{ db: { find(): void } }>().create();
type Session = { user: null; token: null } | { user: string; token: string };
const sessionBus = initEvents.context<Session>().create(catalog).bus({ handlers: [] });
const strict = initEvents.meta(z.object({ tenant: z.string() })).create(catalog);
const metaBus = strict.bus({ handlers: [], meta: () => ({ tenant: 't' }) });
const other = initTRPC.context<{ db: string; redis: { get(): void } }>().create();
const otherPoor = initTRPC.context<{ db: string }>().create();
const loose = initTRPC.context<{ user: string | null; token: string | null }>().create();
`;

/** Compiles one line, and returns how many errors and lines the compiler prints, and the last line. */
function errorOf(compiler: Compiler, line: string) {
  const folder = join(inject('installed'), `errors-${compiler.version}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'app.mts'), PRELUDE + line);
  const options = ['--strict', '--noEmit', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022'];
  const printed = tsc(compiler, folder, 'app.mts', '--types', 'node', ...options)
    .trimEnd()
    .split('\n');
  // A message of one line stands behind its place.
  const last = printed
    .at(-1)!
    .trim()
    .replace(/^app\.mts.*?: error TS\d+: /, '');
  return {
    errors: printed.filter((text) => text.startsWith('app.mts(')).length,
    lines: printed.length,
    // The compilers name the properties of a promise in different orders, and a router by all of its events.
    last: last
      .replace(/from type 'Promise<.*$/, 'from type Promise')
      .replace(/in type 'EventRouter<.*' but/, 'in type EventRouter but'),
  };
}

const MISTAKES: readonly (readonly [mistake: string, line: string, lines: number, last: string])[] = [
  [
    'a middleware that is not called',
    't.procedure.use(bus.middleware);',
    3,
    `Type 'MiddlewareNotCalled<"write .use(bus.middleware())">' is missing the following properties from type Promise`,
  ],
  [
    'a middleware that is not called, in t.middleware',
    't.middleware(bus.middleware);',
    2,
    `Type 'MiddlewareNotCalled<"write .use(bus.middleware())">' is missing the following properties from type Promise`,
  ],
  [
    'a ctx that lacks a part',
    'poor.procedure.use(bus.middleware());',
    3,
    `Type 'ContextLacks<"redis">' is missing the following properties from type Promise`,
  ],
  [
    'a ctx that lacks a part, with a strategy, after .input',
    'poor.procedure.input((n: unknown) => Number(n)).use(bus.middleware({ defer: inline() }));',
    3,
    `Type 'ContextLacks<"redis">' is missing the following properties from type Promise`,
  ],
  [
    'a ctx that lacks a part, in t.middleware',
    'poor.middleware(bus.middleware());',
    2,
    `Type 'ContextLacks<"redis">' is missing the following properties from type Promise`,
  ],
  [
    'a ctx that is none of a union',
    'loose.procedure.use(sessionBus.middleware());',
    3,
    `Type 'ContextDiffers<"token" | "user">' is missing the following properties from type Promise`,
  ],
  [
    'a ctx that has a part with another type',
    'other.procedure.use(bus.middleware());',
    3,
    `Type 'ContextDiffers<"db">' is missing the following properties from type Promise`,
  ],
  [
    'a ctx that lacks a part, and has one with another type',
    'otherPoor.procedure.use(bus.middleware());',
    3,
    `Type 'ContextLacks<"redis">' is missing the following properties from type Promise`,
  ],
  [
    'a router that needs a part with another type',
    'e.bus({ handlers: [initEvents.context<{ db: string }>().create(catalog).router()] });',
    3,
    `Property '[contextDiffers]' is missing in type EventRouter but required in type 'ContextDiffers<"db">'.`,
  ],
  [
    'withEvents without meta',
    'withEvents(metaBus, async (request: Request) => Response.json(request.url));',
    3,
    `Type 'NoCtxToMakeMetaFrom<{ tenant: string; }>' is not assignable to type 'undefined'.`,
  ],
  [
    'options of publish without meta',
    `void metaBus.publish('b', undefined, { key: 'k' });`,
    2,
    `Property 'meta' is missing in type '{ key: string; }' but required in type 'NoCtxToMakeMetaFrom<{ tenant: string; }>'.`,
  ],
  [
    'options of bus.scope without meta',
    `void metaBus.scope(() => {}, {});`,
    2,
    `Property 'meta' is missing in type '{}' but required in type 'NoCtxToMakeMetaFrom<{ tenant: string; }>'.`,
  ],
  [
    'a generator as a listener',
    `router.on('a', async function* ({ event }) { yield event.payload.id; });`,
    2,
    `Property '[neverRuns]' is missing in type 'AsyncGenerator<string, void, unknown>' but required in type 'GeneratorNeverRuns<"use e.depends">'.`,
  ],
];
const cases = compilers.flatMap((compiler) =>
  MISTAKES.map(([mistake, line, lines, last]) => ({
    compiler,
    version: compiler.version,
    mistake,
    line,
    lines,
    last,
  })),
);

test.for(cases)(
  'TypeScript $version ends its message about $mistake in a readable line',
  ({ compiler, line, lines, last }) => {
    const error = errorOf(compiler, line);
    expect(error.errors).toBe(1);
    expect(error.lines).toBeLessThanOrEqual(lines);
    // 7.0 lists the members of a union in another order.
    expect(error.last.replace('"user" | "token"', '"token" | "user"')).toBe(last);
  },
);
