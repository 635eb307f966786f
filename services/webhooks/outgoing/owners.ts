import { Refused } from '../../../protocol/errors.ts';
import type { BotRights } from '../../accounts/bots/bots.ts';
import type { AccountStore } from '../../accounts/store.ts';
import { mayRead } from '../../conversations/readable.ts';
import type { Membership } from '../../conversations/store.ts';
import type { Places } from '../access.ts';
import type { Webhook } from './store.ts';

/** May this event be told, as its owner stands now? `later`: not now, and perhaps again; `lost`: the right to any of the stream is gone. */
export type Right = 'may' | 'skip' | 'later' | 'lost';

/** What webhooks may tell is what their owners may read, asked anew for each event. */
export interface Owners {
  isBot(user: string): Promise<boolean>;
  right(webhook: Webhook, isBot: boolean, stream: string, seq: number): Promise<Right>;
}

export function createOwners(parts: {
  accounts: Pick<AccountStore, 'user'>;
  bots: Pick<BotRights, 'check'>;
  places: Pick<Places, 'membership'>;
}): Owners {
  const { accounts, bots, places } = parts;

  async function botMay(bot: string): Promise<Right> {
    try {
      await bots.check(bot, ['messages.read']);
      return 'may';
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { code } = error.refusal;
      if (code === 'bot_paused') return 'later';
      if (code === 'scope_missing' || code === 'forbidden') return 'lost';
      throw error;
    }
  }

  return {
    isBot: async (user) => (await accounts.user(user))?.kind === 'bot',

    async right({ owner }, isBot, stream, seq) {
      // From the store: a cache of another process may be a moment behind, and this goes to strangers.
      const membership = await places.membership(owner, stream);
      if (!stands(membership, isBot)) return 'lost';
      const bot = isBot ? await botMay(owner) : 'may';
      if (bot !== 'may') return bot;
      return mayRead(membership, seq) ? 'may' : 'skip';
    },
  };
}

/** A bot is in the conversation; a person looks after the group, or is one of two. */
function stands(membership: Membership | null, isBot: boolean): boolean {
  if (membership === null || membership.role === null) return false;
  return isBot || membership.conversation.kind !== 'group' || membership.role !== 'member';
}
