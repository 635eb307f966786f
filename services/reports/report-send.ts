import { Refused } from '../../protocol/errors.ts';
import type { Relations } from '../accounts/accounts.ts';
import { checkAnother } from '../accounts/rules/another-user.ts';
import { ownChange } from '../accounts/rules/own-stream.ts';
import { mayRead } from '../conversations/readable.ts';
import type { ConversationStore } from '../conversations/store.ts';
import type { History } from '../messages/history.ts';
import type { ReportStore } from './store.ts';

export interface ReportParts {
  store: ReportStore;
  relations: Relations;
  conversations: ConversationStore;
  history: Pick<History, 'get'>;
}

/** @throws {Refused} bad_request, user_not_found; message_not_found: who reports can only show what they may read */
export function reportSend({ store, relations, conversations, history }: ReportParts) {
  return ownChange({
    type: 'report.send',
    event: 'report.sent',
    async check(actor, { user, conversation, messages = [] }) {
      await checkAnother(relations, actor.user, user);
      if (conversation === undefined) {
        if (messages.length > 0) throw new Refused('bad_request', '/messages: of which conversation?');
        return;
      }
      const membership = await conversations.membership(actor.user, conversation);
      if (membership === null) throw new Refused('conversation_not_found');
      if (!messages.every((seq) => mayRead(membership, seq))) throw new Refused('message_not_found');
      const found = await Promise.all(messages.map((seq) => history.get(conversation, seq)));
      if (!found.every((event) => event?.type === 'message')) throw new Refused('message_not_found');
    },
    fields: ({ user, conversation, messages, reason, text }) => ({
      user,
      target: conversation,
      messages,
      reason,
      text,
    }),
    apply: (reporter, { id, user, target = null, messages = [], reason, text = null, time }) =>
      store.add({
        id,
        reporter,
        user,
        reason,
        text,
        conversation: target,
        messages,
        time,
        closedAt: null,
      }),
  });
}
