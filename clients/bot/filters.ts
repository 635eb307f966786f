import type { ConversationEventType } from '../sdk/index.ts';
import type { Context } from './context.ts';

/** What an event must be: all of what is named. */
export interface Filter {
  /** Default: `message`. */
  event?: ConversationEventType;
  /** The text is it, or matches. */
  text?: string | RegExp;
  /** The bot is mentioned. */
  mention?: boolean;
  kind?: 'direct' | 'group';
  /** The type of the content. */
  type?: string;
  /** The data of a button that is said to have been pressed is it, or matches: who must be sure of it uses `Bot.press`. */
  press?: string | RegExp;
}

export function matches(ctx: Context, filter: Filter): boolean {
  const { event = 'message', text, mention, kind, type, press } = filter;
  if (ctx.event.type !== event) return false;
  if (kind !== undefined && ctx.kind !== kind) return false;
  if (type !== undefined && ctx.content?.type !== type) return false;
  if (mention !== undefined && ctx.mentioned !== mention) return false;
  if (text !== undefined && !fits(ctx.text, text)) return false;
  return press === undefined || fits(ctx.pressed?.data ?? null, press);
}

function fits(value: string | null, wanted: string | RegExp): boolean {
  if (value === null) return false;
  if (typeof wanted === 'string') return value === wanted;
  // One with `g` or `y` remembers where it was.
  wanted.lastIndex = 0;
  return wanted.test(value);
}
