import { Refused } from '../../../protocol/errors.ts';
import type { Need } from '../../../protocol/needs.ts';
import type { Known } from '../known.ts';
import type { Bot } from '../store.bots.ts';
import type { BotRights } from './bots.ts';
import type { BotRates } from './rates.ts';

export function createBotRights({ users, bots }: Pick<Known, 'users' | 'bots'>, rates: BotRates): BotRights {
  function check(user: string, need: Need): void | Promise<void> {
    const known = bots.get(user);
    if (known instanceof Promise) return known.then((bot) => judge(bot, need));
    judge(known, need);
  }

  return {
    check,
    checkAny(user, need) {
      const known = users.get(user);
      if (known instanceof Promise)
        return known.then((found) => (found?.kind === 'bot' ? check(user, need) : undefined));
      if (known.kind === 'bot') return check(user, need);
    },
    mayStill(user, need) {
      const known = bots.peek(user);
      return known === null || refusalOf(known, need) === null;
    },
    take: (user) => rates.take(user, bots.peek(user)?.rate ?? null),
  };
}

function judge(bot: Bot | null, need: Need): void {
  const refused = refusalOf(bot, need);
  if (refused !== null) throw refused;
}

/** Null in: nobody has said what this bot may do. Null out: it may. */
function refusalOf(bot: Bot | null, need: Need): Refused | null {
  if (bot === null || bot.deletedAt !== null || need === 'never')
    return new Refused('forbidden', 'not for bots');
  if (bot.paused) return new Refused('bot_paused');
  if (need === 'none' || need.some((scope) => bot.scopes.includes(scope))) return null;
  return new Refused('scope_missing', need.join(' or '));
}
