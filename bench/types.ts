/** The cost of the types in a large application. Needs `npm run build` first. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programOf } from '../test/types/budget/program.ts';
import { compilers, tsc } from '../test/types/compilers.ts';
import { interval, type Line, type Table } from './report.ts';

const SIZE = { events: 1000, listeners: 200, procedures: 100 };
const folder = join(import.meta.dirname, '.types');

export async function* types(rounds: number): AsyncGenerator<Table> {
  mkdirSync(folder, { recursive: true });
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    paths: { 'trpc-events': ['../../dist/index.d.mts'] },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.mts'] }));
  writeFileSync(join(folder, 'app.mts'), programOf(SIZE));
  try {
    const lines: Line[] = [];
    const raw: object[] = [];
    for (const compiler of compilers) {
      const seconds: number[] = [];
      let instantiations = 0;
      for (let i = 0; i < Math.max(3, rounds / 12); i++) {
        const printed = tsc(compiler, folder, '-p', '.', '--extendedDiagnostics');
        const figure = (label: string) => Number(new RegExp(`^${label}: +([\\d.]+)`, 'm').exec(printed)?.[1]);
        if (printed.includes('error TS')) throw new Error(printed);
        instantiations = figure('Instantiations');
        seconds.push(figure('Check time'));
      }
      raw.push({ version: compiler.version, instantiations, seconds });
      const count = instantiations.toLocaleString('en');
      lines.push({
        name: `TypeScript ${compiler.version}`,
        figures: `${count} instantiations, checked in ${interval(seconds).median.toFixed(2)} s`,
      });
    }
    yield { title: '1,000 events, 200 listeners, 100 procedures with 300 dispatches', lines, raw };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
