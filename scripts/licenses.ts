/** `npm run licenses` writes THIRD-PARTY-LICENSES.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeNotices } from './licenses/notices.ts';

const root = join(import.meta.dirname, '..');
writeFileSync(join(root, 'THIRD-PARTY-LICENSES.md'), makeNotices(root));
