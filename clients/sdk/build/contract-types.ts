import * as commands from '../../../protocol/commands.ts';
import * as content from '../../../protocol/content.ts';
import * as events from '../../../protocol/events.ts';
import * as answers from '../../../protocol/http/answers.ts';
import * as mail from '../../../protocol/http/mail.ts';
import * as httpMedia from '../../../protocol/http/media.ts';
import * as media from '../../../protocol/media.ts';
import { moduleTypes, tableType } from './schema-types.ts';

/** The types that come with the published package in place of the schemas: file in `protocol/`, text. */
export function contractTypes(): Record<string, string> {
  return {
    'commands.d.ts': `${moduleTypes(commands)}
${tableType('Changes', commands.changes)}
${tableType('Receipts', commands.receiptCommands)}
${tableType('Queries', commands.queries)}
export type ChangeType = keyof Changes;
export type QueryType = keyof Queries;
export type CommandType = ChangeType | QueryType | keyof Receipts;
export type CommandOf<T extends CommandType> = (Changes & Receipts & Queries)[T];
`,
    'content.d.ts': moduleTypes(content),
    'events.d.ts': `${moduleTypes(events)}
${tableType('ConversationEvents', events.conversationEvents)}
${tableType('AccountEvents', events.accountEvents)}
${tableType('DeviceEvents', events.deviceEvents)}
export type ConversationEventType = keyof ConversationEvents;
export type EventType = ConversationEventType | keyof AccountEvents | keyof DeviceEvents;
export type EventOf<T extends EventType> = (ConversationEvents & AccountEvents & DeviceEvents)[T];
export type AnyEvent = { [T in EventType]: EventOf<T> }[EventType];
`,
    'http/answers.d.ts': moduleTypes(answers),
    'http/mail.d.ts': moduleTypes(mail),
    'http/media.d.ts': moduleTypes(httpMedia),
    'media.d.ts': moduleTypes(media),
  };
}
