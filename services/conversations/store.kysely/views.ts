import type { Kysely } from 'kysely';
import { chunks } from '../../directory/chunks.ts';
import type { ConversationRow, DirectoryTables, JoiningRow } from '../../directory/schema.ts';
import type { Range } from '../../messages/history.ts';
import type { Conversation, ConversationStore, Membership } from '../store.ts';

type Views = Pick<
  ConversationStore,
  | 'get'
  | 'members'
  | 'memberships'
  | 'membership'
  | 'membersAt'
  | 'membersAtPage'
  | 'countGroups'
  | 'countGroupsOf'
  | 'share'
>;

export function views(db: Kysely<DirectoryTables>): Views {
  /** The user's joinings with their conversations, each conversation's together and ascending. */
  const joinings = (user: string) =>
    db
      .selectFrom('joinings')
      .innerJoin('conversations', 'conversations.id', 'joinings.conversation')
      .selectAll('conversations')
      .select(['from_seq', 'to_seq', 'readable_from', 'role'])
      .where('joinings.user', '=', user)
      .orderBy('joinings.conversation')
      .orderBy('from_seq');

  return {
    async get(id) {
      const row = await db.selectFrom('conversations').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : toConversation(row);
    },

    members: (id) =>
      db
        .selectFrom('joinings')
        .select(['user', 'role'])
        .where('conversation', '=', id)
        .where('to_seq', 'is', null)
        .execute(),

    async memberships(user) {
      const rows = await joinings(user).execute();
      return [...Map.groupBy(rows, ({ id }) => id).values()].map(toMembership);
    },

    async membership(user, conversation) {
      const rows = await joinings(user).where('joinings.conversation', '=', conversation).execute();
      return rows.length === 0 ? null : toMembership(rows);
    },

    async membersAt(id, seq) {
      const rows = await db
        .selectFrom('joinings')
        .select('user')
        .where('conversation', '=', id)
        .where('from_seq', '<=', seq)
        .where((eb) => eb.or([eb('to_seq', 'is', null), eb('to_seq', '>=', seq)]))
        .execute();
      return rows.map(({ user }) => user);
    },

    async membersAtPage(id, seq, after, limit) {
      const rows = await db
        .selectFrom('joinings')
        .select('user')
        .distinct()
        .where('conversation', '=', id)
        .where('user', '>', after)
        .where('from_seq', '<=', seq)
        .where((eb) => eb.or([eb('to_seq', 'is', null), eb('to_seq', '>=', seq)]))
        .orderBy('user')
        .limit(limit)
        .execute();
      return rows.map(({ user }) => user);
    },

    async countGroupsOf(users) {
      const counts = new Map<string, number>();
      for (const some of chunks(users)) {
        const rows = await db
          .selectFrom('joinings')
          .innerJoin('conversations', 'conversations.id', 'joinings.conversation')
          .select((eb) => ['user', eb.fn.countAll<number>().as('count')])
          .where('user', 'in', some)
          .where('to_seq', 'is', null)
          .where('kind', '=', 'group')
          .groupBy('user')
          .execute();
        for (const { user, count } of rows) counts.set(user, Number(count));
      }
      return counts;
    },

    async countGroups(user) {
      const { count } = await db
        .selectFrom('joinings')
        .innerJoin('conversations', 'conversations.id', 'joinings.conversation')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('joinings.user', '=', user)
        .where('to_seq', 'is', null)
        .where('kind', '=', 'group')
        .executeTakeFirstOrThrow();
      return Number(count);
    },

    async share(a, b) {
      const row = await db
        .selectFrom('joinings as mine')
        .innerJoin('joinings as theirs', 'theirs.conversation', 'mine.conversation')
        .select('mine.conversation')
        .where('mine.user', '=', a)
        .where('mine.to_seq', 'is', null)
        .where('theirs.user', '=', b)
        .where('theirs.to_seq', 'is', null)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}

type Joined = ConversationRow & Pick<JoiningRow, 'from_seq' | 'to_seq' | 'readable_from' | 'role'>;

/** Of all joinings of one user in one conversation, ascending. */
function toMembership(rows: Joined[]): Membership {
  const open = rows.find(({ to_seq }) => to_seq === null);
  return {
    conversation: toConversation(rows[0]!),
    role: open?.role ?? null,
    delivered: rows.map(({ from_seq, to_seq }) => ({ from: from_seq, to: to_seq })),
    readable: merged(rows.map(({ readable_from, to_seq }) => ({ from: readable_from, to: to_seq }))),
  };
}

/** Ascending, and none that overlaps or touches another: a joining that opens everything takes in those before it. */
function merged(ranges: Range[]): Range[] {
  const apart: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = apart.at(-1);
    if (last === undefined || (last.to !== null && range.from > last.to + 1)) apart.push({ ...range });
    else if (last.to !== null && (range.to === null || range.to > last.to)) last.to = range.to;
  }
  return apart;
}

function toConversation(row: ConversationRow): Conversation {
  const { id, kind, name, photo, history, timer, created_by, created_at } = row;
  return { id, kind, name, photo, history, timer, createdBy: created_by, createdAt: created_at };
}
