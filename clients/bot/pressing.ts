import type { Content } from '../sdk/index.ts';
import type { Context } from './context.ts';

/** A press is what anybody can write: it is one when the message that it answers is the bot's, and has this button now. */
export async function isGenuine(ctx: Context): Promise<boolean> {
  const { pressed } = ctx;
  if (pressed === null) return false;
  const answered = await ctx.answered();
  if (answered === null || answered.sender.user !== ctx.client.user) return false;
  const content = (answered.edited?.content ?? answered.content) as Content | undefined;
  if (content?.type !== 'buttons') return false;
  const { rows } = content as Extract<Content, { type: 'buttons' }>;
  return rows.flat().some((one) => 'data' in one && one.data === pressed.data && one.label === pressed.label);
}
