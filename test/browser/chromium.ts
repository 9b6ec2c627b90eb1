import { existsSync } from 'node:fs';

/** Debian's Chromium, headless first because it opens a page in a third of the time, and the Chrome of GitHub's machines. */
const PATHS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium', '/usr/bin/google-chrome'];

/** The path of the browser that the tests drive, or undefined if there is none. */
export const CHROMIUM = PATHS.find((path) => existsSync(path));
export const hasChromium = CHROMIUM !== undefined;
