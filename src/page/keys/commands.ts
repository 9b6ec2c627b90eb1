/** The actions of keys on the chosen row. A part of the page sets those that it can do while it is shown. */
export const rowCommands: { copy?: () => void; redeliver?: () => void } = {};
