/** Where the choice is kept. */
export const THEME_KEY = 'theme';

/** Runs before anything is painted, so that the page never shows the other theme first. */
export const themeScript = `{const t=localStorage.getItem('${THEME_KEY}');if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}`;
