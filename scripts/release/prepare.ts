/** The pure part of a release: the next version, and the changelog with a date. */

export const STEPS = ['major', 'minor', 'patch'] as const;
export type Step = (typeof STEPS)[number];

/** Returns the version after this one. Before 1.0.0, a minor version may have breaking changes. */
export function nextVersion(version: string, step: Step): string {
  const parts = version.split('.').map(Number);
  const at = STEPS.indexOf(step);
  return parts.map((n, i) => (i < at ? n : i === at ? n + 1 : 0)).join('.');
}

const UNRELEASED = /^## (\S+) \(unreleased\)$/m;

/**
 * Returns the changelog with a version and a date in place of the mark of its unreleased section.
 *
 * @throws Error if there is no such section, or if it has no entries
 */
export function dateChangelog(changelog: string, version: string, date: string): string {
  const found = UNRELEASED.exec(changelog);
  if (found === null) throw new Error('CHANGELOG.md has no section "## … (unreleased)": write one first.');
  const section = changelog.slice(found.index + found[0].length).split(/^## /m)[0]!;
  if (!/^- /m.test(section)) throw new Error('The unreleased section of CHANGELOG.md has no entries.');
  return changelog.replace(UNRELEASED, () => `## ${version} (${date})`);
}

/** Returns the version that the changelog announces: the first release has its version before it has a date. */
export function announcedVersion(changelog: string): string | undefined {
  return UNRELEASED.exec(changelog)?.[1];
}
