import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { builtApp, TSC } from './apps.ts';

test.for(['plain', 'layouts'] as const)(
  'the app %s compiles with the declarations of the built package',
  async (variant) => {
    const folder = await builtApp(variant);
    let output = '';
    try {
      execFileSync(process.execPath, [TSC, '-p', folder], { encoding: 'utf8' });
    } catch (error) {
      output = (error as { stdout: string }).stdout;
    }
    expect(output).toBe('');
  },
);
