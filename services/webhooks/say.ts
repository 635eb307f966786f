import { type CommandOf, VERSION } from '../../protocol/commands.ts';
import { checkCommand } from '../../protocol/parse.ts';
import type { Said } from './incoming/body.ts';

/**
 * A message as a command, with the one validation that every command gets.
 * @throws {Refused} as checkCommand: bad_request, too_large, too_deep
 */
export function sendCommand(id: string, conversation: string, said: Said): CommandOf<'message.send'> {
  const { content, mentions, replyTo } = said;
  return checkCommand({
    v: VERSION,
    id,
    type: 'message.send',
    to: { conversation },
    content,
    ...(mentions === undefined ? {} : { mentions }),
    ...(replyTo === undefined ? {} : { reply_to: replyTo }),
  }) as CommandOf<'message.send'>;
}
