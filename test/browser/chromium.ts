import { existsSync } from 'node:fs';

/** Debian's Chromium, of which the one without a window opens a page in a third of the time, and what GitHub's machines have. */
const PATHS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium', '/usr/bin/google-chrome'];

/** The path of the browser that the tests drive, or undefined if there is none. */
export const CHROMIUM = PATHS.find((path) => existsSync(path));
export const hasChromium = CHROMIUM !== undefined;
