import { expect, test } from 'vitest';
import { compilers, tsc } from './compilers.ts';

test.for(compilers)('the sources and the type tests compile on TypeScript $version', (compiler) => {
  expect(tsc(compiler, import.meta.dirname, '-p', '.')).toBe('');
  expect(tsc(compiler, import.meta.dirname, '--version')).toContain(compiler.version);
});
