/** `npm run api` writes down what each entry point of the built package exports, below test/package/api. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeSnapshots } from './api/snapshots.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'test/package/api');
const snapshots = makeSnapshots(root);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const [name, text] of snapshots) writeFileSync(join(folder, name), text);
console.log(`Wrote ${snapshots.size} files.`);
