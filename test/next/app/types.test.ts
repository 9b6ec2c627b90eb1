import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { builtApp, TSC } from './apps.ts';

test('the app compiles with the declarations of the built package', async () => {
  let output = '';
  try {
    execFileSync(process.execPath, [TSC, '-p', await builtApp('plain')], { encoding: 'utf8' });
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  expect(output).toBe('');
});
