import { defineConfig, type UserConfig } from 'tsdown';

const common: UserConfig = {
  fixedExtension: true, // .mjs and .cjs, each with its own declarations: see `exports` in package.json
  target: 'es2022',
  platform: 'neutral', // injects no `node:` import; those of the sources stay as they are written
  tsconfig: 'tsconfig.build.json',
  logLevel: 'warn',
  suppressWarnings: [/TypeScript 7\.0 does not yet have a stable API/],
  checks: { bundlerTimings: false }, // they are of how busy the machine is
};

export default defineConfig([
  {
    ...common,
    entry: { index: 'src/index.ts', next: 'src/next/index.ts', testing: 'src/testing/index.ts' },
    format: ['esm', 'cjs'],
    dts: true,
    plugins: [
      {
        // A file of its own: `imports` in package.json says which one, by the conditions of whoever imports.
        name: 'builtin',
        resolveId: { filter: { id: /\/builtin\.ts$/ }, handler: () => ({ id: '#builtin', external: true }) },
      },
    ],
  },
  { ...common, entry: ['src/core/builtin.ts'], format: ['esm', 'cjs'], dts: false },
  {
    ...common,
    entry: ['src/core/builtin.workerd.ts'],
    format: 'esm', // it awaits at its top level
    dts: false,
    deps: { neverBundle: [/^node:/, /^cloudflare:/] },
  },
]);
