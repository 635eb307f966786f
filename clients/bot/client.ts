import type { DunlinClient } from '../sdk/index.ts';

/** What a bot needs of the client. */
export type BotClient = Pick<
  DunlinClient,
  'user' | 'status' | 'on' | 'keepWith' | 'connect' | 'close' | 'change' | 'query' | 'typing'
>;
