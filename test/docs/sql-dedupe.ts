import { DatabaseSync } from 'node:sqlite';
import type { DedupeStore } from '../../src/queue/index.ts';
import { blocksOf, runBlock } from './blocks.ts';

const block = blocksOf('forwarders/dedupe.md').find((code) => code.includes('sqlDedupe'))!;
const [table] = /CREATE TABLE .*\)/.exec(block)!;

/** Makes the store that docs/forwarders/dedupe.md shows, on SQLite in memory. */
export async function sqlDedupe(): Promise<DedupeStore> {
  const db = new DatabaseSync(':memory:');
  db.exec(table);
  const sql = async (text: string, values: readonly (string | number)[]) => {
    const named = Object.fromEntries(values.map((value, i) => [`$${i + 1}`, value]));
    const statement = db.prepare(text);
    if (text.startsWith('SELECT')) return { rows: statement.all(named), rowCount: 0 };
    return { rows: [], rowCount: Number(statement.run(named).changes) };
  };
  return (await runBlock(block, { sql }, 'sqlDedupe')) as DedupeStore;
}
