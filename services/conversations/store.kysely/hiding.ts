import type { Kysely } from 'kysely';
import { chunks } from '../../directory/chunks.ts';
import type { DirectoryTables } from '../../directory/schema.ts';
import type { ConversationStore } from '../store.ts';

export function hiding(
  db: Kysely<DirectoryTables>,
): Pick<ConversationStore, 'hide' | 'hidden' | 'hiddenBy' | 'hiddenAmong'> {
  return {
    async hide(user, conversation, seq) {
      await db
        .insertInto('hidden')
        .values({ user, conversation, seq })
        .onConflict((conflict) => conflict.columns(['user', 'conversation', 'seq']).doNothing())
        .execute();
    },

    async hidden(user, conversation, from, to) {
      const rows = await db
        .selectFrom('hidden')
        .select('seq')
        .where('user', '=', user)
        .where('conversation', '=', conversation)
        .where('seq', '>=', from)
        .where('seq', '<=', to)
        .execute();
      return new Set(rows.map(({ seq }) => seq));
    },

    async hiddenBy(conversation, seq, users) {
      const found = new Set<string>();
      for (const some of chunks(users)) {
        const rows = await db
          .selectFrom('hidden')
          .select('user')
          .where('user', 'in', some)
          .where('conversation', '=', conversation)
          .where('seq', '=', seq)
          .execute();
        for (const { user } of rows) found.add(user);
      }
      return found;
    },

    async hiddenAmong(user, events) {
      if (events.length === 0) return [];
      return db
        .selectFrom('hidden')
        .select(['conversation', 'seq'])
        .where('user', '=', user)
        .where((eb) => eb.or(events.map(({ conversation, seq }) => eb.and({ conversation, seq }))))
        .execute();
    },
  };
}
