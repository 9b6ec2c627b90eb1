/** Makes an empty folder for the apps that the tests build, once per run. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

// Apps are in the repo, where they find React and Next.js in node_modules: Turbopack follows no links out of its root.
export const APPS = join(import.meta.dirname, '.apps');

export function setup(): () => void {
  if (!existsSync(join(import.meta.dirname, '../../../dist')))
    throw new Error('There is no dist to test: run `npm run build` first.');
  const clear = () => rmSync(APPS, { recursive: true, force: true });
  clear();
  mkdirSync(APPS, { recursive: true });
  return clear;
}
