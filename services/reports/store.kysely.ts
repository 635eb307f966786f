import type { Kysely } from 'kysely';
import type { DirectoryTables, ReportRow } from '../directory/schema.ts';
import type { Report, ReportStore } from './store.ts';

/** Reports in the directory. */
export function kyselyReportStore(db: Kysely<DirectoryTables>): ReportStore {
  return {
    async add(report) {
      await db
        .insertInto('reports')
        .values(rowOf(report))
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
    },

    async get(id) {
      const row = await db.selectFrom('reports').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : reportOf(row);
    },

    async page({ open, before, limit }) {
      let query = db.selectFrom('reports').selectAll();
      if (open) query = query.where('closed_at', 'is', null);
      if (before !== null)
        query = query.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('time', 'id'), '<', tuple(before.time, before.id)),
        );
      const rows = await query.orderBy('time', 'desc').orderBy('id', 'desc').limit(limit).execute();
      return rows.map(reportOf);
    },

    async close(id, at) {
      const row = await db.selectFrom('reports').select('id').where('id', '=', id).executeTakeFirst();
      if (row === undefined) return false;
      await db
        .updateTable('reports')
        .set({ closed_at: at })
        .where('id', '=', id)
        .where('closed_at', 'is', null)
        .execute();
      return true;
    },
  };
}

function rowOf({ closedAt, messages, ...report }: Report): ReportRow {
  return { ...report, messages: JSON.stringify(messages), closed_at: closedAt };
}

function reportOf({ closed_at, messages, ...row }: ReportRow): Report {
  return { ...row, messages: JSON.parse(messages) as number[], closedAt: closed_at };
}
