/** The key in localStorage of the reader's choice. */
export const THEME_KEY = 'theme';

/** A script that runs before anything is painted, so that the page never shows the other theme first. */
export const themeScript = `{const t=localStorage.getItem('${THEME_KEY}');if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}`;
