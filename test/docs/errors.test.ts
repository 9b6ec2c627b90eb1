import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { defineEvents, initEvents, unchecked } from '../../src/index.ts';
import { expectConsole } from '../setup/console.ts';
import { PROVOKED } from './provoked-errors.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8');
/** The page's sections by code, each with a message, and then its cause and fix. */
const sections = new Map(
  Array.from(
    page.matchAll(/^## ([A-Z_]+)\n\n``?(.+?)``?\n\n(.+?)(?=\n## )/gms),
    ([, code, message, text]) => [code!, { message: message!, text: text! }],
  ),
);
/** Masks ids and times, which differ in each run. */
const masked = (text: string) =>
  text.replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, '<id>').replaceAll(/after \d+ s/g, 'after <n> s');

// The type of PROVOKED demands each code of EventsErrorCode, and no other.
const codes = Object.keys(PROVOKED) as (keyof typeof PROVOKED)[];

test('docs/errors.md has a heading for each code, with a fix, and none for anything else.', () => {
  expect([...sections.keys()].sort()).toEqual([...codes].sort());
  for (const { text } of sections.values()) expect(text).toMatch(/^\*\*Fix:\*\* \S/m);
});

test.for(codes)(
  'The message that docs/errors.md shows for %s is the one that an application gets.',
  async (code) => {
    const error = await PROVOKED[code]();
    expect(error.code).toBe(code);
    expect(masked(sections.get(code)!.message)).toBe(masked(error.message));
  },
);

test('An error names its code where it is printed: by default, by Node.js, and by loggers that write properties.', async () => {
  const lines = expectConsole();
  const e = initEvents.create(defineEvents({ 'user.created': unchecked<undefined>() }));
  const bus = e.bus({
    handlers: [e.router().on('user.created', () => Promise.reject(new Error('It fails')))],
  });
  const { failures } = await bus.publish('user.created');
  expect(lines).toEqual([expect.stringMatching(/^trpc-events: LISTENER_FAILED \[/)]);
  const [{ error }] = failures as [(typeof failures)[0]];
  expect(inspect(error)).toContain("code: 'LISTENER_FAILED'");
  expect(Object.keys(error)).toContain('code');
});
