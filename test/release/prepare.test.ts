import { expect, test } from 'vitest';
import { announcedVersion, dateChangelog, nextVersion } from '../../scripts/release/prepare.ts';

test('Each step raises its part of the version, and sets the parts after it to 0.', () => {
  expect(nextVersion('0.1.9', 'patch')).toBe('0.1.10');
  expect(nextVersion('0.1.9', 'minor')).toBe('0.2.0');
  expect(nextVersion('0.1.9', 'major')).toBe('1.0.0');
});

test('A release dates the unreleased section of the changelog, and changes nothing else.', () => {
  const changelog = '# Changelog\n\n## 0.2.0 (unreleased)\n\n- New.\n\n## 0.1.0 (2026-01-02)\n\n- Old.\n';
  expect(announcedVersion(changelog)).toBe('0.2.0');
  expect(dateChangelog(changelog, '0.3.0', '2026-03-04')).toBe(
    changelog.replace('0.2.0 (unreleased)', '0.3.0 (2026-03-04)'),
  );
});

test('A release without entries in the changelog is refused.', () => {
  const released = '# Changelog\n\n## 0.1.0 (2026-01-02)\n\n- Old.\n';
  expect(() => dateChangelog(released, '0.2.0', '2026-03-04')).toThrow('has no section');
  const empty = released.replace('## 0.1.0', '## 0.2.0 (unreleased)\n\n## 0.1.0');
  expect(() => dateChangelog(empty, '0.2.0', '2026-03-04')).toThrow('no entries');
});
