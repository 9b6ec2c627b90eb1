/** Makes docs/reference.md and the pages of docs/reference/ from the docstrings. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { complete } from './complete.ts';
import { Declarations, ROOT, type Export } from './declarations.ts';
import { PAGES, type Part } from './plan.ts';
import { anchorOf, headingOf, type Links, Renderer } from './render.ts';
import { shortType } from './types.ts';
import ts from 'ts60';
import { wireNames } from './wire-names.ts';

const NOTE =
  '<!-- Made from the docstrings of src by `npm run docs:reference`: change them, and run it again. -->';

/** Reads the source of each entry point from the compiler's paths, by the specifier without `trpc-events/`. */
function readEntries(): ReadonlyMap<string, string> {
  const text = readFileSync(join(ROOT, 'tsconfig.json'), 'utf8');
  const { config } = ts.parseConfigFileTextToJson('tsconfig.json', text) as {
    config: { compilerOptions: { paths: Record<string, [string]> } };
  };
  const { paths } = config.compilerOptions;
  return new Map(Object.entries(paths).map(([name, [file]]) => [name.replace(/^trpc-events\/?/, ''), file]));
}

const specifier = (entry: string) => (entry === '' ? 'trpc-events' : `trpc-events/${entry}`);

/** Returns each page's text, by its path below docs. */
export function makePages(): ReadonlyMap<string, string> {
  const entries = readEntries();
  const declarations = new Declarations(entries);
  const exportOf = ({ entry, name }: Part): Export => {
    const found = declarations.exportsOf(entry).get(name);
    if (found === undefined) throw new Error(`${specifier(entry)} exports no ${name}.`);
    return found;
  };
  const full = complete(PAGES, [...entries.keys()], declarations);
  const headings = full.flatMap(({ file, parts }) =>
    parts.map((part) => ({ part, file, anchor: anchorOf(headingOf(exportOf(part))) })),
  );
  const faults: string[] = [];
  const pages = full.map(({ file, title, intro, parts, others }): [string, string] => {
    const links: Links = new Map(
      headings.map((each) => [
        each.part.name,
        `${each.file === file ? '' : `${each.file}.md`}#${each.anchor}`,
      ]),
    );
    const renderer = new Renderer(declarations, links);
    const body = [...parts.map((part) => renderer.part(part)), ...renderer.others(others)];
    faults.push(...renderer.faults);
    const back = 'All pages: [reference](../reference.md).';
    return [`reference/${file}.md`, [NOTE, `# ${title}`, `${intro} ${back}`, ...body].join('\n\n') + '\n'];
  });

  if (faults.length > 0) throw new Error(`Docstrings lack something:\n${faults.join('\n')}`);

  const target = new Map(
    headings.map(({ part, file, anchor }) => [
      `${part.entry} ${part.name}`,
      `reference/${file}.md#${anchor}`,
    ]),
  );
  const index = [
    NOTE,
    '# Reference',
    'Every function, option and type, made from the docstrings that editors show. [errors.md](errors.md) has the error codes.',
    '## Pages',
    PAGES.map(({ file, title, intro }) => `- [${title}](reference/${file}.md): ${lowerFirst(intro)}`).join(
      '\n',
    ),
    '## Entry points',
    entryTable([...entries.keys()], declarations, target),
    '## What an event has',
    eventTable(declarations),
  ];
  return new Map([['reference.md', `${index.join('\n\n')}\n`], ...pages]);
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

function entryTable(
  entries: readonly string[],
  declarations: Declarations,
  target: ReadonlyMap<string, string>,
): string {
  const rows = entries.map((entry) => {
    const names = [...declarations.exportsOf(entry).values()].filter(({ isType }) => !isType);
    const shown = names.map(({ name }) => {
      const to = name === 'EventsError' ? 'errors.md' : target.get(`${entry} ${name}`);
      return to === undefined ? `\`${name}\`` : `[\`${name}\`](${to})`;
    });
    return `| \`${specifier(entry)}\` | ${shown.join(', ')} |`;
  });
  return ['| Entry point | Exports, besides types |', '| --- | --- |', ...rows].join('\n');
}

function eventTable(declarations: Declarations): string {
  const event = declarations.exportsOf('').get('TypedEvent')!;
  const names = wireNames();
  const rows = declarations.membersOf(event.nodes).map(({ name, isOptional, doc, node }) => {
    const wire = names.get(name);
    if (wire === undefined) throw new Error(`The sample of an event lacks ${name}.`);
    const type = ts.isPropertySignature(node) ? shortType(node.type, declarations) : '';
    const meaning = doc.text.replaceAll(/\s+/g, ' ');
    return `| \`${name}${isOptional ? '?' : ''}\` | \`${type}\` | \`${wire}\` | ${meaning} |`;
  });
  return [
    `${event.doc.text} The third column is its name in a message, as \`cloudEvents()\` writes it ([wire](reference/wire.md)).`,
    '',
    '| Field | Type | In a message | Meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
