/**
 * `npm run release -- minor` (or major, patch, or `as-announced`) writes the version into package.json and the lockfile,
 * dates the section of the changelog, and prints what to do next. It commits and publishes nothing.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { announcedVersion, dateChangelog, nextVersion, STEPS, type Step } from './release/prepare.ts';

const root = join(import.meta.dirname, '..');
const changelog = join(root, 'CHANGELOG.md');
const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd: root, encoding: 'utf8' });

const [step = ''] = process.argv.slice(2);
if (!isStep(step) && step !== 'as-announced')
  throw new Error(`Say which version: npm run release -- ${[...STEPS, 'as-announced'].join(' | ')}.`);
if (run('git', 'status', '--porcelain') !== '') throw new Error('There are changes that are not committed.');

const text = readFileSync(changelog, 'utf8');
const { version: current } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
};
const version = isStep(step) ? nextVersion(current, step) : (announcedVersion(text) ?? current);
const dated = dateChangelog(text, version, new Date().toISOString().slice(0, 10));
run('npm', 'version', version, '--no-git-tag-version', '--allow-same-version', '--ignore-scripts');
writeFileSync(changelog, dated);
console.log(`Version ${version}. Now:
  npm test && npm publish --dry-run
  git commit -am "Release ${version}" && git tag v${version} && git push origin HEAD v${version}
The workflow publishes what is tagged. Then begin a new section, "## x.y.z (unreleased)", in CHANGELOG.md.`);

function isStep(value: string): value is Step {
  return (STEPS as readonly string[]).includes(value);
}
