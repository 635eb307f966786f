import type { Logged } from '../../protocol/commands.ts';
import { directConversation } from '../conversations/direct.ts';
import type { LogEntry } from './log.ts';

/** The stream in which a change makes its event: changes of one stream are handled in order, by one process at a time. */
export function partitionKey({ actor, command }: Pick<LogEntry, 'actor' | 'command'>): string {
  return streamOf(actor.user, command);
}

function streamOf(user: string, command: Logged): string {
  switch (command.type) {
    case 'message.send':
      return 'user' in command.to ? directConversation(user, command.to.user) : command.to.conversation;
    case 'group.create':
      return command.id;
    // Of the user's own stream, whatever conversation they name.
    case 'message.hide':
    case 'preferences.update':
    case 'report.send':
      return user;
    default:
      return 'conversation' in command ? command.conversation : user;
  }
}
