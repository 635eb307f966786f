import type { Kysely } from 'kysely';
import { Refused } from '../../../protocol/errors.ts';
import { isScope } from '../../../protocol/scopes.ts';
import { chunks } from '../../directory/chunks.ts';
import { lockRows } from '../../directory/lock-rows.ts';
import type { BotRow, DirectoryTables } from '../../directory/schema.ts';
import type { Bot, BotStore } from '../store.bots.ts';
import { insertUser } from './users.ts';

export function bots(db: Kysely<DirectoryTables>): BotStore {
  return {
    createBot: (user, bot, most) =>
      db.transaction().execute(async (tx) => {
        if (most !== null) {
          await lockRows(tx, 'users', [bot.owner]);
          const { count } = await tx
            .selectFrom('bots')
            .select((eb) => eb.fn.countAll<number>().as('count'))
            .where('owner', '=', bot.owner)
            .where('deleted_at', 'is', null)
            .executeTakeFirstOrThrow();
          if (Number(count) >= most) throw new Refused('too_many_bots', `at most ${most}`);
        }
        await insertUser(tx, user);
        await tx.insertInto('bots').values(toRow(bot)).execute();
      }),

    async bot(user) {
      const row = await db.selectFrom('bots').selectAll().where('user', '=', user).executeTakeFirst();
      return row === undefined ? null : fromRow(row);
    },

    async botsOf(owner) {
      const rows = await db
        .selectFrom('bots')
        .selectAll()
        .where('owner', '=', owner)
        .where('deleted_at', 'is', null)
        .orderBy('created_at')
        .orderBy('user')
        .execute();
      return rows.map(fromRow);
    },

    async botsAmong(users) {
      const found = new Set<string>();
      for (const some of chunks([...users])) {
        const rows = await db.selectFrom('bots').select('user').where('user', 'in', some).execute();
        for (const { user } of rows) found.add(user);
      }
      return found;
    },

    async updateBot(user, { scopes, groups, paused, rate, deletedAt }) {
      const set: Partial<BotRow> = {
        ...(scopes === undefined ? {} : { scopes: scopes.join(' ') }),
        ...(groups === undefined ? {} : { groups: groups ? 1 : 0 }),
        ...(paused === undefined ? {} : { paused: paused ? 1 : 0 }),
        ...(rate === undefined ? {} : { rate }),
      };
      await db.transaction().execute(async (tx) => {
        if (Object.keys(set).length > 0)
          await tx.updateTable('bots').set(set).where('user', '=', user).execute();
        if (deletedAt == null) return;
        await tx
          .updateTable('bots')
          .set({ deleted_at: deletedAt })
          .where('user', '=', user)
          .where('deleted_at', 'is', null)
          .execute();
      });
    },
  };
}

function toRow(bot: Bot): BotRow {
  return {
    user: bot.user,
    owner: bot.owner,
    scopes: bot.scopes.join(' '),
    groups: bot.groups ? 1 : 0,
    paused: bot.paused ? 1 : 0,
    rate: bot.rate,
    created_at: bot.createdAt,
    deleted_at: bot.deletedAt,
  };
}

function fromRow(row: BotRow): Bot {
  return {
    user: row.user,
    owner: row.owner,
    // One that this version does not know gives nothing.
    scopes: row.scopes.split(' ').filter(isScope),
    groups: row.groups === 1,
    paused: row.paused === 1,
    rate: row.rate,
    createdAt: row.created_at,
    deletedAt: row.deleted_at,
  };
}
