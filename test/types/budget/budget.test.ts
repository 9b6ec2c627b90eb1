import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { printFigure } from '../../setup/figure.ts';
import { compilers, tsc, type Compiler } from '../compilers.ts';
import { programOf, type Size } from './program.ts';

/** The limit is in type instantiations, which are the same on every machine, unlike seconds. */
const BUDGET = 300_000;
const LARGE: Size = { events: 1000, listeners: 200, procedures: 100 };

function compile(compiler: Compiler, size: Size) {
  const folder = join(inject('installed'), `budget-${compiler.version}`);
  const options = {
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    strict: true,
  };
  const compilerOptions = { ...options, noEmit: true, skipLibCheck: true, types: ['node'] };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.mts'] }));
  writeFileSync(join(folder, 'app.mts'), programOf(size));
  const printed = tsc(compiler, folder, '-p', '.', '--extendedDiagnostics');
  const figure = (label: string) => Number(new RegExp(`^${label}: +([\\d.]+)`, 'm').exec(printed)?.[1]);
  return {
    errors: printed.split('\n').filter((line) => line.includes('error')),
    instantiations: figure('Instantiations'),
    seconds: figure('Check time'),
  };
}

test.for(compilers)(
  '1,000 events, 200 listeners, 300 dispatches stay within the budget on TypeScript $version',
  (compiler) => {
    const { errors, instantiations, seconds } = compile(compiler, LARGE);
    printFigure(
      `TypeScript ${compiler.version}: ${instantiations.toLocaleString('en')} instantiations (at most ${BUDGET.toLocaleString('en')}), checked in ${seconds} s`,
    );
    expect(errors).toEqual([]);
    expect(instantiations).toBeGreaterThan(10_000);
    expect(instantiations).toBeLessThanOrEqual(BUDGET);
  },
);
