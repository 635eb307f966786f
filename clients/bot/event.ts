import type { AnyEvent, Content } from '../sdk/index.ts';

/** An event of a conversation, of somebody else's. */
export type BotEvent = AnyEvent & {
  kind?: 'direct' | 'group';
  content?: Content;
  mentions?: string[];
  reply_to?: number;
  edited?: { content: unknown };
};
