import { DatabaseSync } from 'node:sqlite';
import type { Claim, DedupeStore } from '../../src/queue/index.ts';

/** The store of docs/forwarders/dedupe.md, on node:sqlite, and a table of effects beside it. */
export class SqliteStore implements DedupeStore {
  readonly #db: DatabaseSync;

  constructor(path: string) {
    this.#db = new DatabaseSync(path, { timeout: 5000 });
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
    this.#db.exec('CREATE TABLE IF NOT EXISTS handled (key TEXT PRIMARY KEY, until BIGINT)');
    this.#db.exec('CREATE TABLE IF NOT EXISTS effects (id TEXT)');
  }

  claim(key: string, leaseMs: number): Claim {
    const now = Date.now();
    const { changes } = this.#db
      .prepare(
        `INSERT INTO handled (key, until) VALUES (?, ?)
         ON CONFLICT (key) DO UPDATE SET until = excluded.until WHERE handled.until <= ?`,
      )
      .run(key, now + leaseMs, now);
    if (changes === 1) return 'run';
    const row = this.#db.prepare('SELECT until FROM handled WHERE key = ?').get(key);
    return row?.['until'] === null ? 'done' : 'busy';
  }

  extend(key: string, leaseMs: number): void {
    this.#db
      .prepare('UPDATE handled SET until = ? WHERE key = ? AND until IS NOT NULL')
      .run(Date.now() + leaseMs, key);
  }

  complete(key: string): void {
    this.#db
      .prepare(
        'INSERT INTO handled (key, until) VALUES (?, NULL) ON CONFLICT (key) DO UPDATE SET until = NULL',
      )
      .run(key);
  }

  release(key: string): void {
    this.#db.prepare('DELETE FROM handled WHERE key = ? AND until IS NOT NULL').run(key);
  }

  /** Writes an effect and its mark in one transaction. */
  completeWithEffect(key: string, id: string): void {
    this.#db.exec('BEGIN IMMEDIATE');
    this.#db.prepare('INSERT INTO effects (id) VALUES (?)').run(id);
    this.complete(key);
    this.#db.exec('COMMIT');
  }

  get effects(): readonly string[] {
    return this.#db
      .prepare('SELECT id FROM effects')
      .all()
      .map((row) => String(row['id']));
  }
}
