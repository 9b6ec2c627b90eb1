import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
/** The files of the tarball that have links. */
const packed = ['README.md', 'CHANGELOG.md', ...globSync('docs/**/*.md', { cwd: root })];
const pages = [...packed, 'CONTRIBUTING.md'];

const read = (path: string) => readFileSync(join(root, path), 'utf8');
/** Returns the text of a page without its code blocks, in which `](` and `#` mean something else. */
const proseOf = (path: string) => read(path).replaceAll(/^ *```.*?^ *```/gms, '');

/** Returns the anchors that GitHub gives the headings of a page. */
function anchorsOf(path: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading] of proseOf(path).matchAll(/^#{1,6} (.+)$/gm)) {
    const text = heading!.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1').toLowerCase();
    const slug = text.replaceAll(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-');
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

interface Link {
  readonly from: string;
  readonly to: string;
  /** The path from the root of the repo. */
  readonly path: string;
  readonly anchor: string | undefined;
}
/** The start of links that also work on npm. */
const HERE = 'https://github.com/trpc-events/trpc-events/blob/main/';
const LINK = /\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm;

function linksOf(from: string): Link[] {
  return Array.from(proseOf(from).matchAll(LINK), ([, inline, defined]) => inline ?? defined!)
    .filter((to) => to.startsWith(HERE) || !/^(https?|mailto):/.test(to))
    .map((to) => {
      const [path, anchor] = to.replace(HERE, '').split('#') as [string, string?];
      const folder = to.startsWith(HERE) ? root : join(root, dirname(from));
      return { from, to, path: path === '' ? from : relative(root, join(folder, path)), anchor };
    });
}
const links = pages.flatMap(linksOf);

it('Each relative link leads to a file, and to a heading of it.', () => {
  expect(links.length).toBeGreaterThan(50);
  const broken = links.filter(
    ({ path, anchor }) =>
      !existsSync(join(root, path)) || (anchor !== undefined && !anchorsOf(path).has(anchor)),
  );
  expect(broken).toEqual([]);
});

it('Each link of a file in the tarball leads to a file in the tarball, except for the one to CONTRIBUTING.md.', () => {
  const outside = links.filter(
    ({ from, path }) => packed.includes(from) && ![...packed, 'CONTRIBUTING.md', 'LICENSE'].includes(path),
  );
  expect(outside).toEqual([]);
});

it('Each page of the docs is linked from another page.', () => {
  const linked = new Set(links.filter(({ from, path }) => from !== path).map(({ path }) => path));
  expect(packed.filter((path) => path.startsWith('docs/') && !linked.has(path))).toEqual([]);
});

it('Each picture is shown, light and dark, by its address on GitHub, since npm and the tarball have none.', () => {
  const base = 'https://raw.githubusercontent.com/trpc-events/trpc-events/main/';
  const shown = packed.flatMap((from) =>
    Array.from(proseOf(from).matchAll(/<picture>(.*)<\/picture>/g), ([, picture]) =>
      Array.from(picture!.matchAll(/ (?:src|srcset)="([^"]+)"/g), ([, url]) => url!),
    ),
  );
  expect(shown.length).toBeGreaterThan(3);
  for (const [dark, light] of shown) expect(dark!.replace('-dark.png', '-light.png')).toBe(light);
  const made = globSync('docs/images/*', { cwd: root }).map((path) => base + path);
  expect([...new Set(shown.flat())].sort()).toEqual(made.sort());
  const large = made.filter((url) => statSync(join(root, url.slice(base.length))).size > 150_000);
  expect(large).toEqual([]);
});

it('Each page that sources, tests and scripts name is there.', () => {
  const sources = globSync(['src/**/*.ts', 'test/**/*.ts', 'scripts/**/*.ts', 'playground/**/*.{ts,tsx}'], {
    cwd: root,
    exclude: (path) => /node_modules|\.next|\.apps/.test(path),
  });
  const named = sources.flatMap((from) =>
    Array.from(read(from).matchAll(/\bdocs\/[\w/-]+\.md/g), ([path]) => ({ from, path })),
  );
  const invented = 'test/package/docs.test.ts';
  expect(named.filter(({ from, path }) => from !== invented && !existsSync(join(root, path)))).toEqual([]);
});
