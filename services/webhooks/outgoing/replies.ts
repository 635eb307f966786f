import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Logger } from '../../../platform/logging.ts';
import { Refused } from '../../../protocol/errors.ts';
import { HookPost } from '../../../protocol/http/hook-post.ts';
import { parseJson } from '../../../protocol/parse.ts';
import type { BotRights } from '../../accounts/bots/bots.ts';
import type { StoredEvent } from '../../messages/history.ts';
import type { Pipeline } from '../../messages/pipeline.ts';
import { commandIdOf } from '../command-id.ts';
import { saidIn } from '../incoming/body.ts';
import { sendCommand } from '../say.ts';
import type { Webhook } from './store.ts';

/** Other fields are the receiver's own business. */
const Answer = Compile(Type.Object({ reply: HookPost }, { additionalProperties: Type.Unknown() }));

/** Says what a bot answered a message with, in its name. What cannot be said is logged: the event itself has been told. */
export interface Replies {
  /** @throws {Refused} what may succeed later: the event is told once more then, under the same id */
  say(webhook: Webhook, event: StoredEvent, body: Buffer): Promise<void>;
}

export function createReplies(parts: {
  pipeline: Pick<Pipeline, 'submit'>;
  bots: Pick<BotRights, 'check'>;
  logger: Logger;
}): Replies {
  const { pipeline, bots, logger } = parts;
  return {
    async say({ id, owner }, event, body) {
      const post = replyIn(body);
      if (post === null) return;
      const { stream, seq } = event;
      try {
        await bots.check(owner, ['messages.send']);
        // The same answer to the same event, told twice, is said once.
        const said = { replyTo: seq, ...saidIn(post) };
        const command = sendCommand(commandIdOf('reply', id, stream, String(seq)), stream, said);
        await pipeline.submit({ user: owner, device: id }, command, JSON.stringify(command));
      } catch (error) {
        if (!(error instanceof Refused) || error.refusal.retry) throw error;
        logger.info({ webhook: id, code: error.refusal.code }, 'what a webhook answered could not be said');
      }
    },
  };
}

function replyIn(body: Buffer): Static<typeof HookPost> | null {
  try {
    const { value } = parseJson(body);
    return Answer.Check(value) ? value.reply : null;
  } catch {
    return null;
  }
}
