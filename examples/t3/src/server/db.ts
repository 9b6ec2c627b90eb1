/** A database in memory. Next loads modules more than once, so it lives on `globalThis`. */
const holder = globalThis as {
  db?: { posts: { id: number; title: string; author: string }[]; log: string[] };
};
export const db = (holder.db ??= { posts: [], log: [] });
