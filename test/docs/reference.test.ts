import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defineEvents, initEvents, unchecked } from '../../src/index.ts';
import { makePages } from '../../scripts/reference/pages.ts';

const docs = join(import.meta.dirname, '../../docs');

test('The reference is what its script makes from the docstrings: `npm run docs:reference` renews it.', () => {
  const made = makePages();
  const written = globSync(['reference.md', 'reference/*.md'], { cwd: docs });
  expect(written.sort()).toEqual([...made.keys()].sort());
  for (const [path, text] of made) expect(readFileSync(join(docs, path), 'utf8')).toBe(text);
}, 60_000);

test('Each page of the reference is shorter than 250 lines, and says of each option what its default is.', () => {
  for (const path of globSync(['reference.md', 'reference/*.md'], { cwd: docs })) {
    const lines = readFileSync(join(docs, path), 'utf8').split('\n');
    expect(lines.length).toBeLessThan(250);
    const empty = lines.filter((line) => /^\|.*(?<!\\)\| +\|/.test(line));
    expect(empty).toEqual([]);
  }
});

test('The defaults that the reference gives are those that a bus describes.', () => {
  const e = initEvents.create(defineEvents({ 'user.created': unchecked<object>() }));
  const router = e.router().on('user.created', () => {}, { name: 'mail', retry: { attempts: 2 } });
  const { options, listeners } = e.bus({ handlers: [router] }).describe();
  const { perScope, pending, depth } = options.limits;
  const { when, unhandled, defer } = options;
  const { minDelay, maxDelay, factor, jitter } = listeners[0]!.retry!;
  expect(defaultsIn('bus-options.md')).toMatchObject({
    perScope: perScope.toLocaleString('en'),
    pending: pending.toLocaleString('en'),
    depth: String(depth),
    when: `'${when}'`,
    unhandled: expect.stringMatching(`^'${unhandled}',`) as string,
    defer: `${defer}()`,
  });
  expect(defaultsIn('listeners.md')).toMatchObject({
    minDelay: minDelay!.toLocaleString('en'),
    maxDelay: expect.stringMatching(`^${maxDelay!.toLocaleString('en')},`) as string,
    factor: String(factor),
    jitter: String(jitter),
  });
});

/** Reads the defaults of a page, by option. */
function defaultsIn(page: string): Record<string, string> {
  const text = readFileSync(join(docs, 'reference', page), 'utf8');
  const rows = text.matchAll(/^\| `(\w+)` \| (?:\\\||[^|])+ \| ((?:\\\||[^|])+) \|/gm);
  return Object.fromEntries(Array.from(rows, ([, name, value]) => [name!, value!.replaceAll('`', '')]));
}
