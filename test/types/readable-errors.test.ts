import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { compilers, tsc, type Compiler } from './compilers.ts';

/** The code that all mistakes below need. Each mistake becomes a line after it. */
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

interface Printed {
  readonly errors: number;
  readonly lines: number;
  readonly last: string;
}

/**
 * Compiles each line below the prelude in a file of its own, all in one program. Returns how many errors and lines the compiler
 * prints of each file, and the last line.
 */
function errorsOf(compiler: Compiler, lines: readonly string[]): Printed[] {
  const folder = join(inject('installed'), `errors-${compiler.version}`);
  mkdirSync(folder, { recursive: true });
  const files = lines.map((_, i) => `mistake-${i}.mts`);
  for (const [i, file] of files.entries()) writeFileSync(join(folder, file), PRELUDE + lines[i]);
  const options = ['--strict', '--noEmit', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022'];
  const printed = tsc(compiler, folder, ...files, '--types', 'node', ...options)
    .trimEnd()
    .split('\n');
  const starts = printed.flatMap((text, i) => (/^\S/.test(text) ? [i] : []));
  const messages = starts.map((start, i) => printed.slice(start, starts[i + 1]));
  const placed = files.map((file) => messages.filter(([first]) => first!.startsWith(`${file}(`)));
  // Nothing else may be printed.
  expect(placed.flat()).toHaveLength(messages.length);
  return placed.map((own) => {
    // A message of one line is on the same line as its place.
    const last = (own.at(-1)?.at(-1) ?? '').trim().replace(/^mistake.*?: error TS\d+: /, '');
    return {
      errors: own.length,
      lines: own.flat().length,
      // The compilers name the properties of a promise in different orders, and a router by all of its events.
      last: last
        .replace(/from type 'Promise<.*$/, 'from type Promise')
        .replace(/in type 'EventRouter<.*' but/, 'in type EventRouter but'),
    };
  });
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

describe.for(compilers)('TypeScript $version', (compiler) => {
  let printed: Printed[];
  beforeAll(() => {
    printed = errorsOf(
      compiler,
      MISTAKES.map(([, line]) => line),
    );
  });

  test.for(MISTAKES.map(([mistake, , lines, last], i) => ({ mistake, lines, last, i })))(
    'ends its message about $mistake in a readable line',
    ({ lines, last, i }) => {
      const error = printed[i]!;
      expect(error.errors).toBe(1);
      expect(error.lines).toBeLessThanOrEqual(lines);
      // 7.0 lists the members of a union in another order.
      expect(error.last.replace('"user" | "token"', '"token" | "user"')).toBe(last);
    },
  );
});
