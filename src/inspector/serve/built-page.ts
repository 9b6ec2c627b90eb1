/** The page as text. It holds nothing of the application, so it is served without the token. */
export interface PageFiles {
  /**
   * Returns the HTML, which names its script as `${base}/page.js` and its style as `${base}/page.css`. The page is served
   * with and without a slash at the end of its address, so relative addresses would not work. `base` is escaped as in URLs,
   * so it can stand between double quotes as it is.
   */
  html(base: string): string;
  readonly script: string;
  readonly style: string;
}

/** The build replaces this file with one that holds the page as text. Without a build, there is no page. */
export const page: PageFiles | undefined = undefined;
