import { existsSync } from 'node:fs';

/** The path of Debian's Chromium. */
export const CHROMIUM = '/usr/bin/chromium';
export const hasChromium = existsSync(CHROMIUM);
