import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compilers, tsc } from '../types/compilers.ts';
import { folderWith } from './folders.ts';

/**
 * Two packages of a monorepo, one with Next.js and one without: pnpm gives each its own copy of a library that has
 * Next.js as a peer.
 */
const [shop, web] = [folderWith({}), folderWith({ next: 'next' })];
const fixtures = join(import.meta.dirname, 'fixtures/monorepo');
copyFileSync(join(fixtures, 'shop.ts'), join(shop, 'shop.ts'));
copyFileSync(join(fixtures, 'web.ts'), join(web, 'web.ts'));
const compilerOptions = {
  module: 'esnext',
  moduleResolution: 'bundler',
  target: 'es2022',
  types: ['node'],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  paths: { shop: [join(shop, 'shop.ts')] },
};
writeFileSync(join(web, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['web.ts'] }));

test.for(compilers)(
  'TypeScript $version accepts values of one copy in calls to the other copy.',
  (compiler) => {
    const lines = tsc(compiler, web, '-p', '.', '--listFiles').split('\n');
    expect(lines.filter((line) => line.endsWith('trpc-events/dist/index.d.mts'))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('error TS'))).toEqual([]);
  },
);
