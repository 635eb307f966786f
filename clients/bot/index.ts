export { Bot, type BotOptions, type Log } from './bot.ts';
export { type CommandText, parseCommandText } from './commands.ts';
export { type Button, button, buttons, link, quickReplies, type Says } from './content.ts';
export { type BotClient, type BotEvent, Context, NoAnswer } from './context.ts';
export type { Filter } from './filters.ts';
export type { Handler, Middleware, Next } from './middleware.ts';
export { type BotCredentials, BotSessions, sessionOf } from './session.ts';
export { type Commit, MemoryStates, type State, type StateStore, StoredStates } from './states.ts';
