import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import type { KyselyPlugin, RootOperationNode } from 'kysely';
import { openKyselySqlite } from '../../platform/sqlite/kysely.ts';
import { calls } from './fixtures/calls.ts';
import * as sample from './fixtures/sample.ts';
import { migrateDirectory } from './migrate.ts';
import type { DirectoryTables } from './schema.ts';
import { kyselyStores } from './stores.ts';

/** Tables whose whole is asked for nowhere. */
const SCAN =
  /SCAN (users|credentials|devices|refresh_tokens|invitations|bots|contacts|blocks|conversations|joinings|mine|theirs|hidden|bots|preferences|notifications|reports|hooks|webhooks|mail_addresses|mail_tokens|mail_outbox|mail_origins|push_routes|push_events|push_outbox|o|n)\b/;

describe('plans of the queries of directory.db', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-directory-'));
  const path = join(folder, 'directory.db');
  const queries: RootOperationNode[] = [];
  const recorder: KyselyPlugin = {
    transformQuery({ node }) {
      queries.push(node);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  let opened: Awaited<ReturnType<typeof openKyselySqlite<DirectoryTables>>>;
  let plain: DatabaseSync;
  before(async () => {
    await sample.write(path);
    opened = await openKyselySqlite<DirectoryTables>(path);
    await migrateDirectory(opened.db, path);
    plain = new DatabaseSync(path, { readOnly: true });
  });
  after(async () => {
    plain.close();
    await opened.close();
    rmSync(folder, { recursive: true });
  });

  for (const [name, call] of calls) {
    it(`${name} reads no table from end to end`, async () => {
      queries.length = 0;
      const recorded = opened.db.withPlugin(recorder);
      await call(kyselyStores(recorded)).catch(() => {});
      assert.ok(queries.length > 0, 'no query was recorded');
      for (const node of queries) {
        const { sql } = opened.db.getExecutor().compileQuery(node, { queryId: 'plan' });
        const plan = plain.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
        for (const { detail } of plan) assert.doesNotMatch(detail, SCAN, sql);
      }
    });
  }
});
