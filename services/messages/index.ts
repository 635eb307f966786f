import type { QueryRules } from '../queries.ts';
import type { ChangeRules } from './pipeline.ts';
import { conversationGet } from './queries/conversation-get.ts';
import { conversationsList } from './queries/conversations-list.ts';
import { membersList } from './queries/members-list.ts';
import { messageStatus } from './queries/message-status.ts';
import { messagesList } from './queries/messages-list.ts';
import { messagesSearch } from './queries/messages-search.ts';
import type { QueryParts } from './queries/parts.ts';
import { receiptsGet } from './queries/receipts-get.ts';
import { messageDelete } from './rules/message-delete.ts';
import { messageEdit } from './rules/message-edit.ts';
import { messageHide } from './rules/message-hide.ts';
import { messageReact } from './rules/message-react.ts';
import { messageSend } from './rules/message-send.ts';
import type { MessageRuleParts } from './rules/parts.ts';

export { createNumberingService, type NumberingService } from './pipeline/create.ts';
export { createFront, type Front } from './pipeline/front.ts';
export { createReceipts, type Receipts } from './receipts.ts';
export { createSweeper, type Sweeper } from './sweeper.ts';

/** The rules of everything that is done to messages. */
export function messageRules(parts: MessageRuleParts): ChangeRules[] {
  return [
    messageSend(parts),
    messageEdit(parts),
    messageDelete(parts),
    messageReact(parts),
    messageHide(parts),
  ] as ChangeRules[];
}

/** The answers to everything that is asked about conversations and messages. */
export function messageQueries(parts: QueryParts): QueryRules[] {
  return [
    conversationsList(parts),
    conversationGet(parts),
    membersList(parts),
    messagesList(parts),
    messagesSearch(parts),
    messageStatus(parts),
    receiptsGet(parts),
  ] as QueryRules[];
}
