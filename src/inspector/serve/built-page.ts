import type { PageFiles } from './page-files.ts';

/** The build replaces this file by one that holds the page as text. The sources alone have no page. */
export const page: PageFiles | undefined = undefined;
