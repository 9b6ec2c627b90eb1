import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { builtApp, TSC } from './apps.ts';

describe.for(['plain', 'layouts'] as const)('the built app %s', (variant) => {
  let folder: string;
  beforeAll(async () => {
    folder = await builtApp(variant);
  });

  test('compiles with the declarations of the built package', () => {
    let output = '';
    try {
      execFileSync(process.execPath, [TSC, '-p', folder], { encoding: 'utf8' });
    } catch (error) {
      output = (error as { stdout: string }).stdout;
    }
    expect(output).toBe('');
  });
});
