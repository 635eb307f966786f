import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { DatabaseError } from 'pg';
import { type TestDatabase, testDatabase } from '../../test/engines/postgres-database.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { type KyselyPostgres, openKyselyPostgres } from './kysely.ts';
import type { PoolTimes } from './pool.ts';
import { isPostgresTrouble, NoAnswer } from './trouble.ts';
import { parsePostgresUrl } from './url.ts';
import { InexactNumber } from './whole-numbers.ts';

const { url, skip } = sharedEngine('postgres');
const TIMES: PoolTimes = {
  connectMs: 10_000,
  statementMs: 9_000,
  lockMs: 8_000,
  answerMs: 10_000,
  holdMs: 7_000,
};

describe('connections to PostgreSQL', { skip }, () => {
  let database: TestDatabase;
  let opened: KyselyPostgres<object>;
  before(async () => {
    database = await testDatabase(url);
    opened = open();
    await database.query('create table things (name text primary key)');
  });
  after(async () => {
    await opened.close();
    await database.drop();
  });
  /** One connection, so that every test has the one of the test before. */
  const open = (times: Partial<PoolTimes> = {}) =>
    openKyselyPostgres<object>(parsePostgresUrl(database.url), {
      connections: 1,
      times: { ...TIMES, ...times },
    });
  const ask = async <T>(query: ReturnType<typeof sql<T>>, { db } = opened) =>
    (await query.execute(db)).rows[0];
  const backend = (of = opened) => ask(sql<{ pid: number }>`select pg_backend_pid() as pid`, of);

  it('tells the server how long anything may take', async () => {
    for (const [name, ms] of [
      ['statement_timeout', TIMES.statementMs],
      ['lock_timeout', TIMES.lockMs],
      ['idle_in_transaction_session_timeout', TIMES.holdMs],
    ])
      assert.deepEqual(await ask(sql`select current_setting(${name}) as ms`), {
        ms: `${Number(ms) / 1_000}s`,
      });
  });

  it('counts in numbers, and loses no digit', async () => {
    assert.deepEqual(
      await ask(sql`select count(*) as a, sum(i) as b, ${2 ** 53 - 1}::bigint as c, -5::bigint as d
        from generate_series(1::bigint, 3) i`),
      { a: 3, b: 6, c: 2 ** 53 - 1, d: -5 },
    );
    for (const wrong of ['9007199254740993::bigint', '1.5::numeric'])
      await assert.rejects(ask(sql`select ${sql.raw(wrong)} as n`), InexactNumber);
    assert.deepEqual(await ask(sql`select 1 as n`), { n: 1 });
  });

  it('names no value in an error', async () => {
    await ask(sql`insert into things values ('a secret')`);
    await assert.rejects(ask(sql`insert into things values ('a secret')`), (error: Error) => {
      assert.ok(error instanceof DatabaseError && error.code === '23505');
      assert.ok(!`${error.stack} ${JSON.stringify(error)}`.includes('a secret'));
      return !isPostgresTrouble(error);
    });
  });

  it('keeps a connection after an error, and not one that may be busy with what was given up', async () => {
    const impatient = open({ answerMs: 1_000 });
    const first = await backend(impatient);
    await assert.rejects(ask(sql`select nothing`, impatient), DatabaseError);
    assert.deepEqual(await backend(impatient), first);
    await assert.rejects(ask(sql`select pg_sleep(30)`, impatient), NoAnswer);
    const second = await backend(impatient);
    assert.notDeepEqual(second, first);
    await impatient.close();
  });

  it('lets nobody have a connection for longer than allowed, and undoes what they began', async () => {
    const short = open({ holdMs: 500 });
    await assert.rejects(
      short.db.transaction().execute(async (tx) => {
        await sql`insert into things values ('late')`.execute(tx);
        await pause(600);
        await sql`insert into things values ('later')`.execute(tx);
      }),
      isPostgresTrouble,
    );
    assert.deepEqual(await ask(sql`select count(*) as n from things where name like 'late%'`), { n: 0 });
    assert.ok(await backend(short));
    await short.close();
  });

  it('waits for a free connection no longer than allowed', async () => {
    const busy = open({ connectMs: 1_000 });
    const release = Promise.withResolvers<void>();
    const holding = busy.db.connection().execute(async () => release.promise);
    await assert.rejects(backend(busy), NoAnswer);
    release.resolve();
    await holding;
    assert.ok(await backend(busy));
    await busy.close();
  });
});
