import { execFileSync } from 'node:child_process';
import { beforeAll, expect, test } from 'vitest';
import { builtApp, TSC } from './apps.ts';

let folder: string;
beforeAll(async () => {
  folder = await builtApp('plain');
});

test('the app compiles with the declarations of the built package', () => {
  let output = '';
  try {
    execFileSync(process.execPath, [TSC, '-p', folder], { encoding: 'utf8' });
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  expect(output).toBe('');
});
