import { defineConfig, type UserConfig } from 'tsdown';
import { pageModule } from './scripts/build-page.ts';

const common: UserConfig = {
  fixedExtension: true, // .mjs and .cjs, each with its own declarations: see `exports` in package.json
  target: 'es2022',
  platform: 'neutral', // injects no `node:` import; those of the sources stay as they are written
  tsconfig: 'tsconfig.build.json',
  logLevel: 'warn',
  suppressWarnings: [/TypeScript 7\.0 does not yet have a stable API/],
  checks: { bundlerTimings: false }, // they depend on how busy the machine is
};

/** Adapters of brokers run on Node, and import its modules. */
const NODE = [/^node:/];

/** Both formats have the same page, which is compiled once. */
let page: Promise<string> | undefined;

const entries: UserConfig = {
  ...common,
  entry: {
    index: 'src/index.ts',
    inspector: 'src/inspector/index.ts',
    next: 'src/next/index.ts',
    pubsub: 'src/pubsub/index.ts',
    otel: 'src/otel/index.ts',
    queue: 'src/queue/index.ts',
    sqs: 'src/sqs/index.ts',
    story: 'src/story/index.ts',
    testing: 'src/testing/index.ts',
    wire: 'src/wire/index.ts',
  },
  dts: true,
  plugins: [
    {
      // Keeps this file separate: `imports` in package.json picks a version of it by the importer's conditions.
      name: 'builtin',
      resolveId: { filter: { id: /\/builtin\.ts$/ }, handler: () => ({ id: '#builtin', external: true }) },
    },
    {
      name: 'page',
      load: {
        filter: { id: /\/serve\/built-page\.ts$/ },
        handler: async () => ({ code: await (page ??= pageModule()), moduleType: 'js' }),
      },
    },
  ],
};

export default defineConfig([
  { ...entries, format: 'esm', deps: { neverBundle: NODE } },
  {
    ...entries,
    format: 'cjs',
    // superjson is only ESM, which Jest can't require by default.
    deps: { alwaysBundle: ['superjson', 'copy-anything', 'is-what'], neverBundle: NODE },
    // Jest can't import() in CommonJS either. So the AWS SDK and the Google client are required when they are needed.
    outputOptions: { dynamicImportInCjs: false },
  },
  { ...common, entry: ['src/core/host/builtin.ts'], format: ['esm', 'cjs'], dts: false },
  {
    ...common,
    entry: ['src/core/host/builtin.workerd.ts'],
    format: 'esm', // it awaits at its top level
    dts: false,
    deps: { neverBundle: [...NODE, /^cloudflare:/] },
  },
]);
