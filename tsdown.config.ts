import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  dts: true,
  fixedExtension: true, // .mjs and .cjs, each with its own declarations: see `exports` in package.json
  target: 'es2022',
  platform: 'neutral', // injects no `node:` import; those of the sources stay as they are written
  deps: { neverBundle: [/^node:/] },
  tsconfig: 'tsconfig.build.json',
  logLevel: 'warn',
  suppressWarnings: [/TypeScript 7\.0 does not yet have a stable API/],
});
