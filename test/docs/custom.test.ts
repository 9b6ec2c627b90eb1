import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { blocksOf } from './blocks.ts';

it('docs/forwarders/custom.md shows the queue that test/core/queue drives.', () => {
  const source = readFileSync(join(import.meta.dirname, '../core/queue/memory-queue.ts'), 'utf8');
  const code = source.replaceAll(/^import .*\n|^export /gm, '');
  expect(blocksOf('forwarders/custom.md')[0]!.trim()).toBe(code.trim());
});
