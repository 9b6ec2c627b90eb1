/** `npm run docs:reference` writes docs/reference.md and docs/reference/ from the docstrings of src. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePages } from './reference/pages.ts';

const docs = join(import.meta.dirname, '../docs');
const pages = makePages();
rmSync(join(docs, 'reference'), { recursive: true, force: true });
mkdirSync(join(docs, 'reference'));
for (const [path, text] of pages) writeFileSync(join(docs, path), text);
console.log(`Wrote ${pages.size} pages.`);
