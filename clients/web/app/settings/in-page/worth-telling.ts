import type { QuietHours } from '../../../../../protocol/commands.ts';
import type { AnswerOf, Conversation } from '../../../../sdk/index.ts';
import { isMuted } from '../../list/order.ts';

export type Wishes = AnswerOf<'notifications.get'>;

/** Whether it is now between the two times of day, where they are meant. */
export function isQuiet({ from, to, zone }: QuietHours, now: number): boolean {
  let time: string;
  try {
    const format = { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    time = new Intl.DateTimeFormat('en-GB', format).format(now);
  } catch {
    return false; // A zone that this browser does not know.
  }
  return from <= to ? from <= time && time < to : from <= time || time < to;
}

/**
 * Whether somebody is to be told of the newest message of a conversation: it is another's, unread and new, and nothing that they wished
 * speaks against it.
 * @param before the conversation as it was; undefined: it is new here
 * @param wishes null: not known, and then as a server has them at first
 */
export function isWorthTelling(
  conversation: Conversation,
  before: Conversation | undefined,
  me: string,
  wishes: Wishes | null,
  now: number,
): boolean {
  const { last, unread, read, archived } = conversation;
  if (last === null || last.seq === null || last.sender === me || last.gone !== null) return false;
  if (unread === 0 || last.seq <= read) return false;
  if (before !== undefined && (before.last?.seq ?? 0) >= last.seq) return false;
  if (wishes?.quiet && isQuiet(wishes.quiet, now)) return false;
  const named = (wishes?.mentions_override ?? true) && last.mentions.includes(me);
  return named || !(isMuted(conversation, now) || archived);
}
