import { build } from 'esbuild';

/** What wrangler bundles with. */
export const WRANGLER = ['workerd', 'worker', 'browser'] as const;
/** A bundler that knows of Workers, and not of workerd. */
export const NO_WORKERD = ['worker', 'browser'] as const;

const bundles = new Map<string, Promise<string>>();

/** A worker in one module, with the built package as these conditions of its `imports` and `exports` say. */
export function bundle(entry: string, conditions: readonly string[]): Promise<string> {
  const key = [entry, ...conditions].join();
  const known = bundles.get(key);
  if (known !== undefined) return known;
  const made = make(entry, conditions);
  bundles.set(key, made);
  return made;
}

async function make(entry: string, conditions: readonly string[]): Promise<string> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2024',
    platform: 'browser',
    mainFields: ['browser', 'module', 'main'],
    conditions: [...conditions],
    external: ['cloudflare:*', 'node:*'],
    // Without the paths of ours, which lead to the sources.
    tsconfigRaw: {},
  });
  const inputs = Object.keys(metafile.inputs);
  if (!inputs.some((input) => /(^|\/)dist\/index\.mjs$/.test(input)))
    throw new Error(`The bundle is not made of the built package, but of ${inputs.join(', ')}.`);
  return outputFiles[0]!.text;
}
