import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { expect, inject, test } from 'vitest';
import { runNode } from './run.ts';

const installed = inject('installed');
const fixture = readFileSync(join(import.meta.dirname, 'fixtures/bundled.mjs'), 'utf8');

/** The options with which wrangler and similar tools bundle for Cloudflare Workers. */
const forWorkers: BuildOptions = {
  platform: 'neutral',
  mainFields: ['module', 'main'],
  conditions: ['workerd', 'worker'],
  external: ['node:*', 'cloudflare:*'],
};
const cases: readonly { name: string; options: BuildOptions; builtin: string; imports: string[] }[] = [
  { name: 'Node, ESM', options: { platform: 'node' }, builtin: 'builtin.mjs', imports: [] },
  {
    name: 'Node, CommonJS',
    options: { platform: 'node', format: 'cjs' },
    builtin: 'builtin.mjs',
    imports: [],
  },
  {
    name: 'no platform',
    options: { platform: 'neutral', mainFields: ['module', 'main'] },
    builtin: 'builtin.mjs',
    imports: [],
  },
  {
    name: 'Cloudflare Workers',
    options: forWorkers,
    builtin: 'builtin.workerd.mjs',
    imports: ['dynamic-import cloudflare:workers', 'dynamic-import node:async_hooks'],
  },
];

/** Bundles code that imports the package. Returns the bundle's path, inputs and imports, and esbuild's warnings. */
async function bundle(contents: string, options: BuildOptions, name: string) {
  const outfile = join(
    installed,
    `${name}.${options.format === 'cjs' ? 'cjs' : 'mjs'}`.replaceAll(/[ ,]/g, '-'),
  );
  const { metafile, warnings } = await build({
    ...options,
    absWorkingDir: installed,
    stdin: { contents, resolveDir: installed },
    bundle: true,
    format: options.format ?? 'esm',
    target: 'es2022',
    metafile: true,
    logLevel: 'silent',
    outfile,
  });
  const [output] = Object.values(metafile.outputs);
  return { outfile, warnings, inputs: Object.keys(metafile.inputs), imports: output!.imports };
}

test.for(cases)(
  'A bundle for $name includes $builtin, has only the expected imports, and works.',
  async (given) => {
    const { outfile, warnings, inputs, imports } = await bundle(fixture, given.options, given.name);
    expect(warnings).toEqual([]);
    expect(inputs.map((path) => basename(path)).filter((name) => name.startsWith('builtin'))).toEqual([
      given.builtin,
    ]);
    expect(imports.map(({ kind, path }) => `${kind} ${path}`).sort()).toEqual(given.imports);
    const { stdout, stderr } = runNode(installed, outfile);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ handled: ['created 1', 'seen 1'], discarded: ['failed 2'] });
  },
);

test('A bundle of CommonJS code for Cloudflare Workers works too.', async () => {
  const required = fixture.replace(/^import (.+) from ('.+');$/m, 'const $1 = require($2);');
  const { outfile, inputs, imports } = await bundle(required, forWorkers, 'required');
  expect(required).not.toBe(fixture);
  expect(inputs.map((path) => basename(path))).toContain('builtin.cjs');
  expect(imports).toEqual([]);
  expect(JSON.parse(runNode(installed, outfile).stdout)).toMatchObject({ handled: ['created 1', 'seen 1'] });
});

test('A bundle of both entry points has one copy of the code they share, and imports only Next.js.', async () => {
  const code = `import { auto } from 'trpc-events'; import { nextAfter } from 'trpc-events/next'; void [auto(), nextAfter()];`;
  const options: BuildOptions = { platform: 'node', external: ['next/*'] };
  const { outfile, imports } = await bundle(code, options, 'both');
  const keys = readFileSync(outfile, 'utf8').match(/trpc-events\.(?:after|responses|storage)\.\d/g);
  expect(keys?.sort()).toEqual(['trpc-events.after.1', 'trpc-events.responses.2', 'trpc-events.storage.1']);
  expect(imports.map(({ kind, path }) => `${kind} ${path}`)).toEqual(['import-statement next/server.js']);
});

test('A bundle of a Lambda handler needs no client of SQS.', async () => {
  const code = `import { sqsLambda } from 'trpc-events/sqs'; console.log(typeof sqsLambda);`;
  for (const format of ['esm', 'cjs'] as const) {
    const { outfile } = await bundle(code, { platform: 'node', format }, `lambda ${format}`);
    expect(runNode(installed, outfile)).toMatchObject({ stdout: 'function\n', stderr: '' });
  }
});

test('A bundle of a codec has nothing of AsyncAPI.', async () => {
  const bundled = async (name: string) => {
    const code = `import { ${name} } from 'trpc-events/wire'; console.log(typeof ${name});`;
    const { outfile } = await bundle(code, { platform: 'node' }, name);
    return readFileSync(outfile, 'utf8');
  };
  const ofAsyncApi = /3\.1\.0|uri-reference|hasOwnProperty\||prefixItems|asyncApi/;
  expect(await bundled('asyncApi')).toMatch(ofAsyncApi);
  for (const name of ['cloudEvents', 'snsNotification']) expect(await bundled(name)).not.toMatch(ofAsyncApi);
});

test('A bundle that has the entry of Pub/Sub, and does not use its client, needs no client.', async () => {
  const code = `import { pubsubForwarder } from 'trpc-events/pubsub'; console.log(pubsubForwarder({ topic: 'orders' }).name);`;
  for (const format of ['esm', 'cjs'] as const) {
    const { outfile } = await bundle(code, { platform: 'node', format }, `pubsub ${format}`);
    expect(runNode(installed, outfile)).toMatchObject({ stdout: 'pubsub/orders\n', stderr: '' });
  }
});

test('A bundle keeps an import that is only for its side effect, such as the one in instrumentation.ts.', async () => {
  const options: BuildOptions = { platform: 'node', treeShaking: true, external: ['next/*'] };
  const { outfile } = await bundle(`import 'trpc-events';`, options, 'effect');
  const code = `import(${JSON.stringify(outfile)}).then(() => console.log(
    process.getBuiltinModule('node:diagnostics_channel').hasSubscribers('http.server.request.start')));`;
  expect(runNode(installed, '--eval', code)).toMatchObject({ stdout: 'true\n', stderr: '' });

  const withNext = await bundle(`import 'trpc-events/next';`, options, 'effect-next');
  const kept = readFileSync(withNext.outfile, 'utf8');
  expect(kept).toContain('http.server.request.start');
  expect(kept).toContain('trpc-events.after.1');
});
