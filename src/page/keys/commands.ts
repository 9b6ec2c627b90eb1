/** What keys do with the chosen row. The part of the page that can do it sets it while it is shown. */
export const rowCommands: { copy?: () => void; redeliver?: () => void } = {};
