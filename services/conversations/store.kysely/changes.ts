import type { Kysely } from 'kysely';
import { chunks } from '../../directory/chunks.ts';
import { lockRows } from '../../directory/lock-rows.ts';
import type { ConversationRow, DirectoryTables } from '../../directory/schema.ts';
import type { Conversation, ConversationStore, Member } from '../store.ts';

type Changes = Pick<ConversationStore, 'create' | 'add' | 'remove' | 'setRole' | 'update'>;
type Changeable = 'name' | 'photo' | 'history' | 'timer';

const CHANGEABLE: readonly Changeable[] = ['name', 'photo', 'history', 'timer'];

export function changes(db: Kysely<DirectoryTables>): Changes {
  return {
    create: (conversation, members, seq) =>
      db.transaction().execute(async (tx) => {
        const { numInsertedOrUpdatedRows } = await tx
          .insertInto('conversations')
          .values(toRow(conversation, seq))
          .onConflict((conflict) => conflict.column('id').doNothing())
          .executeTakeFirstOrThrow();
        // Its members came with it, and may have left since.
        if (numInsertedOrUpdatedRows === 0n) return;
        await join(tx, conversation.id, members, seq, seq);
      }),

    add: (conversation, members, seq, readableFrom) =>
      db.transaction().execute(async (tx) => {
        await lockRows(tx, 'conversations', [conversation]);
        await join(tx, conversation, members, seq, readableFrom);
      }),

    remove: (conversation, users, seq) =>
      db.transaction().execute(async (tx) => {
        await lockRows(tx, 'conversations', [conversation]);
        for (const some of chunks(users)) {
          await tx
            .updateTable('joinings')
            .set({ to_seq: seq })
            .where('conversation', '=', conversation)
            .where('user', 'in', some)
            .where('to_seq', 'is', null)
            // Not of those who joined again after this event.
            .where('from_seq', '<', seq)
            .execute();
        }
      }),

    async setRole(conversation, user, role, seq) {
      await db
        .updateTable('joinings')
        .set({ role, role_seq: seq })
        .where('conversation', '=', conversation)
        .where('user', '=', user)
        .where('to_seq', 'is', null)
        .where('role_seq', '<', seq)
        .execute();
    },

    async update(conversation, changes, seq) {
      const changed = CHANGEABLE.filter((field) => changes[field] !== undefined);
      if (changed.length === 0) return;
      await db
        .updateTable('conversations')
        .set((eb) => {
          const set: Record<string, unknown> = {};
          for (const field of changed) {
            const newer = eb(`${field}_seq`, '<', seq);
            set[field] = eb.case().when(newer).then(changes[field]).else(eb.ref(field)).end();
            set[`${field}_seq`] = eb
              .case()
              .when(newer)
              .then(seq)
              .else(eb.ref(`${field}_seq`))
              .end();
          }
          return set;
        })
        .where('id', '=', conversation)
        .execute();
    },
  };
}

/** Lets members in by event `seq`; those who are in, or have left by a later event, stay as they are. */
async function join(
  tx: Kysely<DirectoryTables>,
  conversation: string,
  members: readonly Member[],
  seq: number,
  readableFrom: number,
): Promise<void> {
  for (const some of chunks(members)) {
    const users = some.map(({ user }) => user);
    const rows = await tx
      .selectFrom('joinings')
      .select('user')
      .where('conversation', '=', conversation)
      .where('user', 'in', users)
      .where((eb) => eb.or([eb('to_seq', 'is', null), eb('to_seq', '>=', seq)]))
      .execute();
    const settled = new Set(rows.map(({ user }) => user));
    const joining = some.filter(({ user }) => !settled.has(user));
    if (joining.length === 0) continue;
    await tx
      .insertInto('joinings')
      .values(
        joining.map(({ user, role }) => ({
          conversation,
          user,
          from_seq: seq,
          to_seq: null,
          readable_from: readableFrom,
          role,
          role_seq: seq,
        })),
      )
      // Named twice in one event.
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

function toRow(conversation: Conversation, seq: number): ConversationRow {
  const { id, kind, name, photo, history, timer, createdBy, createdAt } = conversation;
  return {
    id,
    kind,
    name,
    name_seq: seq,
    photo,
    photo_seq: seq,
    history,
    history_seq: seq,
    timer,
    timer_seq: seq,
    created_by: createdBy,
    created_at: createdAt,
  };
}
