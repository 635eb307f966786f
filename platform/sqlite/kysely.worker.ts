import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

export interface Statement {
  sql: string;
  parameters: SQLInputValue[];
}

export interface StatementResult {
  rows: unknown[];
  changes: number;
  insertId: number;
}

const MOST_STATEMENTS = 500;

/** Kysely's own migrator keeps the schema. */
export const migrations: readonly string[] = [];

export function jobs(db: DatabaseSync) {
  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string) => {
    let statement = prepared.get(sql);
    if (statement === undefined) {
      if (prepared.size >= MOST_STATEMENTS) prepared.clear();
      statement = db.prepare(sql);
      prepared.set(sql, statement);
    }
    return statement;
  };
  return {
    /** SQLite has already rolled back by itself after some errors (sqlite.org/lang_transaction.html). */
    rollback(): void {
      if (db.isTransaction) db.exec('ROLLBACK');
    },
    execute({ sql, parameters }: Statement): StatementResult {
      const statement = prepare(sql);
      // A statement that returns rows (SELECT, RETURNING, PRAGMA) has columns.
      if (statement.columns().length > 0)
        return { rows: statement.all(...parameters), changes: 0, insertId: 0 };
      const { changes, lastInsertRowid } = statement.run(...parameters);
      return { rows: [], changes: Number(changes), insertId: Number(lastInsertRowid) };
    },
  };
}
