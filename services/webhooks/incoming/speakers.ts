import { randomBytes, randomUUID } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { Clock } from '../../../platform/clock.ts';
import { type Logged, VERSION } from '../../../protocol/commands.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { AccountStore } from '../../accounts/store.ts';
import type { Actor } from '../../actor.ts';
import type { Pipeline } from '../../messages/pipeline.ts';

/** In whose name hooks post to a group: each in that of a bot of its own, which is a member as others are, and can be removed as others. */
export interface Speakers {
  /** Makes the bot, and has `by` add it to the group. @throws {Refused} as adding a member is refused */
  make(by: Actor, hook: { name: string; conversation: string }): Promise<string>;
  /** It leaves the group, and is gone; what it wrote stays. */
  dismiss(speaker: string, conversation: string, as: string): Promise<void>;
}

/** Of a bot's name: what people see is the hook's name. */
const NAME_BYTES = 6;

export function createSpeakers(parts: {
  store: Pick<AccountStore, 'createBot' | 'updateBot'>;
  pipeline: Pick<Pipeline, 'request'>;
  clock: Clock;
}): Speakers {
  const { store, pipeline, clock } = parts;

  async function change(actor: Actor, command: Logged): Promise<void> {
    const outcome = await pipeline.request(actor, command, JSON.stringify(command));
    if (outcome.ok) return;
    const { code, detail, retry_after_ms } = outcome.error;
    throw new Refused(code, detail, retry_after_ms);
  }
  const head = () => ({ v: VERSION, id: uuidv7() }) as const;

  return {
    async make(by, { name, conversation }) {
      const createdAt = clock.now();
      const username = `hook-${randomBytes(NAME_BYTES).toString('hex')}`;
      const user = {
        // Not a UUIDv7: no command can have the id of a user's stream.
        ...{ id: randomUUID(), username, kind: 'bot' as const, admin: false, name },
        ...{ phone: null, photo: null, status: null, lastSeen: null },
        ...{ lastSeenAudience: 'nobody' as const, presenceAudience: 'nobody' as const, createdAt },
      };
      const bot = { user: user.id, owner: by.user, scopes: ['messages.send' as const], groups: true };
      await store.createBot(user, { ...bot, paused: false, rate: null, createdAt, deletedAt: null }, null);
      try {
        await change(by, { ...head(), type: 'group.add', conversation, users: [user.id] });
      } catch (error) {
        await store.updateBot(user.id, { deletedAt: clock.now() });
        throw error;
      }
      return user.id;
    },

    async dismiss(speaker, conversation, as) {
      const actor = { user: speaker, device: as };
      try {
        await change(actor, { ...head(), type: 'group.leave', conversation });
      } catch (error) {
        // It was removed from the group before.
        if (!(error instanceof Refused) || error.refusal.retry) throw error;
      }
      await change(actor, { ...head(), type: 'bot.update', deleted: true });
    },
  };
}
