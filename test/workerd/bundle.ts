import { build } from 'esbuild';

/** Import conditions that wrangler bundles with. */
export const WRANGLER = ['workerd', 'worker', 'browser'] as const;
/** Import conditions of a bundler that knows Workers, but not workerd. */
export const NO_WORKERD = ['worker', 'browser'] as const;

const bundles = new Map<string, Promise<string>>();

/** Bundles a worker into a single module. The conditions choose among `imports` and `exports` of the built package. */
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
    // Our tsconfig is ignored, because its paths lead to the sources.
    tsconfigRaw: {},
  });
  const inputs = Object.keys(metafile.inputs);
  if (!inputs.some((input) => /(^|\/)dist\/index\.mjs$/.test(input)))
    throw new Error(`The bundle is not made of the built package, but of ${inputs.join(', ')}.`);
  return outputFiles[0]!.text;
}
