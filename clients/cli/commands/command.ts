import type { Conversation, Message, Sent } from '../../sdk/index.ts';
import { commandsOf } from '../../sdk/index.ts';
import type { App } from '../app.ts';
import type { OpenChat } from '../open-chat.ts';

/** What Tab offers for an argument. */
export type Offers = 'people' | 'conversations' | 'nothing';

export interface Command {
  /** What stands behind the name, as the help says it: `USER…`, `NUMBER TEXT`; empty: nothing. */
  args: string;
  about: string;
  offers: Offers;
  /** `rest`: everything behind the name, as it was typed. */
  run(app: App, args: string[], rest: string): Promise<void>;
}

export type CommandTable = Readonly<Record<string, Command>>;

export const ask = (app: App) => commandsOf(app.client);

/** Waits until it is known what became of a change. @throws {RefusedError} */
export async function outcome(change: Promise<Sent>): Promise<void> {
  await (await change).outcome;
}

export function opened(app: App): OpenChat {
  if (app.open === null) throw new Error('Open a chat first: /open NAME.');
  return app.open;
}

export function conversationOf(app: App): Conversation {
  const { conversation } = opened(app);
  if (conversation === null) throw new Error('Nothing has been said here yet.');
  return conversation;
}

export function groupOf(app: App): Conversation {
  const conversation = conversationOf(app);
  if (conversation.kind !== 'group') throw new Error('This can only be done in a group.');
  return conversation;
}

export function need(value: string | undefined, usage: string): string {
  if (value === undefined || value === '') throw new Error(`Usage: ${usage}`);
  return value;
}

/** What follows the first word of `rest`. */
export const behind = (first: string | undefined, rest: string): string =>
  rest.slice((first ?? '').length).trim();

export function whole(value: string | undefined, complaint: string): number {
  const number = Number(value);
  if (value === undefined || !/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < 1)
    throw new Error(complaint);
  return number;
}

/** The number of a message: `.` is the selected one, or else the newest. */
export function sequence(app: App, value: string | undefined): number {
  if (value === '.') {
    const seq = app.selected ?? app.open?.newest?.seq;
    if (seq == null) throw new Error('There is no message here.');
    return seq;
  }
  return whole(value?.replace(/^#/, ''), 'Give the number of the message, or . for the selected one.');
}

/** A message of the open conversation, in the window or not. */
export async function messageAt(
  app: App,
  value: string | undefined,
): Promise<Pick<Message, 'content' | 'gone' | 'key' | 'sender' | 'forwarded'> & { seq: number }> {
  const seq = sequence(app, value);
  const here = opened(app).message(seq) ?? (await app.store.entry(conversationOf(app).id, seq));
  if (here?.type !== 'message') throw new Error(`Message ${seq} is not here.`);
  return { ...here, seq };
}

export const find = (app: App, names: string[]): Promise<string[]> =>
  Promise.all(names.map((name) => app.names.find(name)));

/** The conversation of that name, or whose name begins so; letters large and small are one. */
export function named(app: App, name: string): Conversation {
  const wanted = name.toLowerCase();
  const titles = app.conversations.map(
    (conversation) => [conversation, app.title(conversation).toLowerCase()] as const,
  );
  const found =
    titles.find(([, title]) => title === wanted) ?? titles.find(([, title]) => title.startsWith(wanted));
  if (found === undefined) throw new Error(`There is no conversation called ${name}: /list shows them.`);
  return found[0];
}

/** When, for lists of one line each. */
export const dateTime = (time: number): string =>
  new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
