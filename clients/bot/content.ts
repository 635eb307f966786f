import type { Content } from '../sdk/index.ts';

export type ButtonsContent = Extract<Content, { type: 'buttons' }>;
export type QuickRepliesContent = Extract<Content, { type: 'quick_replies' }>;
export type Button = ButtonsContent['rows'][number][number];

/** What can be said: text, or content of any type. */
export type Says = string | Content;

export const contentOf = (says: Says): Content =>
  typeof says === 'string' ? { type: 'text', text: says } : says;

/** A button that sends `data` back to the bot: see `Bot.press`. `data` is 1 to 256 characters and no secret. */
export const button = (label: string, data: string): Button => ({ label, data });

/** A button that opens a link. */
export const link = (label: string, url: string): Button => ({ label, url });

/** A message with buttons below it: 1 to 10 rows of 1 to 5. */
export const buttons = (text: string, ...rows: Button[][]): ButtonsContent => ({
  type: 'buttons',
  text,
  rows,
});

/** A message with 1 to 10 answers to choose from; a choice comes as ordinary text. */
export const quickReplies = (text: string, ...labels: string[]): QuickRepliesContent => ({
  type: 'quick_replies',
  text,
  replies: labels.map((label) => ({ label })),
});
