/** Makes folders inside the installed one, for projects that need other packages beside trpc-events. */
import { cpSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { inject } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
/** Packages that are too large to copy. A linked package still finds its own imports, in the repo. */
const LINKED = new Set([
  'next',
  'vitest',
  '@aws-sdk/client-sqs',
  '@google-cloud/pubsub',
  'google-auth-library',
]);

/** The path of a package that is installed in the repo. */
export const inRepo = (name: string): string => join(root, 'node_modules', name);

/**
 * Makes a folder with a copy of the package in its `node_modules`, and the given packages beside it: their names, and
 * what they are called in the repo's `node_modules`. Everything else is found in the enclosing installed folder.
 *
 * @example
 * const folder = folderWith({ '@trpc/server': 'trpc-11-4' });
 */
export function folderWith(packages: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(inject('installed'), 'with-'));
  const modules = join(folder, 'node_modules');
  cpSync(join(inject('installed'), 'node_modules/trpc-events'), join(modules, 'trpc-events'), {
    recursive: true,
  });
  for (const [name, installedAs] of Object.entries(packages)) {
    const path = join(modules, name);
    mkdirSync(dirname(path), { recursive: true });
    if (LINKED.has(name)) symlinkSync(inRepo(installedAs), path);
    else cpSync(inRepo(installedAs), path, { recursive: true });
  }
  return folder;
}
