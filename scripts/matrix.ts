/**
 * `npm run test:matrix` tests the core behavior of the packed package on each runtime and adapter that tRPC runs on.
 * Prints a table, and at the end a line of counts that names the runtimes that could not be installed.
 *
 * `npm run test:matrix -- Bun lambda` runs only the platforms whose names have one of these words.
 */
import { rmSync } from 'node:fs';
import { makeFolder } from '../test/matrix/folder.ts';
import { importEntries } from '../test/matrix/imports.ts';
import { buildNext, PLATFORMS, type Setting } from '../test/matrix/platforms.ts';
import { CASE_NAMES, forAll, type Results } from '../test/matrix/results.ts';
import { findRuntime, RUNTIMES } from '../test/matrix/runtimes.ts';

const begun = performance.now();
const words = process.argv.slice(2).map((word) => word.toLowerCase());
const chosen = PLATFORMS.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word)),
);

if (chosen.length === 0) throw new Error(`No platform has ${words.join(' or ')} in its name.`);
if (!process.version.startsWith('v24.'))
  throw new Error(
    `This is Node.js ${process.version}: start it by \`npm run test:matrix\`, which brings 24.`,
  );
const [folder, ...found] = await Promise.all([makeFolder(), ...RUNTIMES.map((name) => findRuntime(name))]);
const runtimes = new Map(found.map((runtime) => [runtime.name, runtime]));
console.log(
  found
    .flatMap((runtime) => (runtime.is === 'here' ? [`${runtime.name}: ${runtime.version}`] : []))
    .join('  '),
);

const importsOf = (name: string) => `${name}, imports`;
const names = [...chosen.map(({ name }) => name), ...RUNTIMES.map(importsOf)];
const width = Math.max(...names.map(({ length }) => length)) + 2;
console.log('\n' + ''.padEnd(width) + CASE_NAMES.join('  '));

const count = { ok: 0, failed: 0, unsupported: 0 };
const reasons: string[] = [];
const nextBuilt = chosen.some(({ name }) => name.startsWith('Next.js'))
  ? buildNext(folder)
  : Promise.resolve();
nextBuilt.catch(() => {}); // a failure is reported where this is awaited
const setting: Setting = { folder, runtimes, nextBuilt };
try {
  for (const platform of chosen) {
    const runtime = runtimes.get(platform.runtime)!;
    if (runtime.is === 'not installed') {
      console.log(platform.name.padEnd(width) + 'not installed');
      continue;
    }
    let results: Results;
    try {
      results = await platform.run(setting);
    } catch (error) {
      results = forAll({ is: 'failed', reason: (error as Error).message });
    }
    print(platform.name, results);
  }
  for (const runtime of found) {
    if (runtime.is === 'not installed') continue;
    const failures = await importEntries(folder, runtime);
    console.log(importsOf(runtime.name).padEnd(width) + (failures.length === 0 ? 'all entries' : 'FAILED'));
    count.failed += failures.length;
    reasons.push(...failures);
  }
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

function print(name: string, results: Results): void {
  let line = name.padEnd(width);
  for (const caseName of CASE_NAMES) {
    const result = results[caseName];
    count[result.is]++;
    const text = { ok: 'ok', failed: 'FAILED', unsupported: '-' }[result.is];
    line += text.padEnd(caseName.length + 2);
    if (result.is === 'failed') reasons.push(`FAILED: ${name}: ${caseName}: ${result.reason}`);
    if (result.is === 'unsupported')
      reasons.push(`-: ${name}: ${caseName}: adapter unsupported here: ${result.reason}`);
  }
  console.log(line.trimEnd());
}

console.log(['', ...new Set(reasons), ''].join('\n'));
console.log(`It took ${Math.round((performance.now() - begun) / 1000)} s.`);
const missing = found.flatMap((runtime) =>
  runtime.is === 'not installed' ? [`${runtime.name} (${runtime.reason})`] : [],
);
const unsupported = count.unsupported > 0 ? `, ${count.unsupported} unsupported` : '';
const counts = `${count.ok} passed, ${count.failed} failed${unsupported}`;
console.log(`${counts}; not installed: ${missing.join(', ') || 'nothing'}`);
process.exitCode = count.failed > 0 ? 1 : 0;
process.exit();
