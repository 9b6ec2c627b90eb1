/** The licenses of what an application gets with this package: its dependencies, and those that its CommonJS build includes. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Licenses that require only their notice. Another one needs a decision before it is added here. */
export const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
]);

export interface Notice {
  readonly name: string;
  readonly license: string;
  /** The text of its license file; `undefined` if the package has none. */
  readonly text: string | undefined;
}

const readManifest = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** Returns the dependencies of a package, and theirs, by name. Each is found as Node.js finds it. */
export function dependenciesOf(root: string): readonly Notice[] {
  const folders = new Map<string, string>();
  const visit = (folder: string) => {
    for (const name of Object.keys(readManifest(folder).dependencies ?? {})) {
      const found = find(name, folder, root);
      if (folders.has(found)) continue;
      folders.set(found, name);
      visit(found);
    }
  };
  visit(root);
  return [...folders.keys()].map((folder) => noticeOf(folder)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Returns the optional peers. The application installs them itself, with their texts. */
export function peersOf(root: string): readonly Notice[] {
  const names = Object.keys(readManifest(root).peerDependencies ?? {});
  return names.map((name) => noticeOf(find(name, root, root)));
}

function find(name: string, from: string, root: string): string {
  const nested = join(from, 'node_modules', name);
  if (existsSync(nested)) return nested;
  const hoisted = join(root, 'node_modules', name);
  if (existsSync(hoisted)) return hoisted;
  throw new Error(`${name} is not installed.`);
}

function noticeOf(folder: string): Notice {
  const { name, license = 'none named' } = readManifest(folder);
  const file = readdirSync(folder).find((each) => /^licen[sc]e(?:\.|$)/i.test(each));
  const text =
    file === undefined ? undefined : readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
  return { name, license, text };
}

/** Returns the text of THIRD-PARTY-LICENSES.md. It names no versions, since a patch of a dependency changes no license. */
export function makeNotices(root: string): string {
  const dependencies = dependenciesOf(root);
  const list = (notices: readonly Notice[]) =>
    notices.map(({ name, license }) => `| \`${name}\` | ${license} |`);
  const head = ['| Package | License |', '| --- | --- |'];
  return [
    '# Licenses of other packages',
    'Made by `npm run licenses`. trpc-events itself has the MIT license, in LICENSE.',
    '## Dependencies',
    'npm installs these with the package. The CommonJS build includes the code of superjson and of what it depends on.',
    [...head, ...list(dependencies)].join('\n'),
    '## Optional peers',
    'An application installs these itself, if it uses the entry points that need them.',
    [...head, ...list(peersOf(root))].join('\n'),
    ...dependencies.flatMap(({ name, text }) =>
      text === undefined ? [] : [`## ${name}`, `\`\`\`text\n${text}\n\`\`\``],
    ),
  ]
    .join('\n\n')
    .concat('\n');
}
