import { type Bot, button, buttons, type Context, link, quickReplies } from '../../index.ts';
import type { Example } from '../example.ts';

const MOODS = ['Calm', 'Fresh', 'Rough'];

/** Says again what is written to it, in groups where it is mentioned; and shows what can be pressed. */
export const echo: Example = {
  what: 'Says again what is written to it; /buttons and /mood show what can be pressed.',
  options: {},
  setUp(bot: Bot) {
    bot.command('buttons', 'shows buttons', (ctx) =>
      ctx.reply(
        buttons(
          'Take the boat out?',
          [button('Yes', 'boat:yes'), button('No', 'boat:no')],
          [link('Forecast', 'https://example.org/forecast')],
        ),
      ),
    );
    bot.press('boat:yes', (ctx) => ctx.reply('Fair winds!'));
    bot.press('boat:no', (ctx) => ctx.reply('Another day, then.'));
    bot.command('mood', 'asks how it was, and remembers', async (ctx) => {
      const mood = await ctx.ask(quickReplies('How was it out there?', ...MOODS));
      const moods = (ctx.state.moods as string[] | undefined) ?? [];
      ctx.state.moods = [...moods, mood].slice(-5);
      await ctx.reply(`Noted. Lately: ${(ctx.state.moods as string[]).join(', ')}.`);
    });
    bot.on({ kind: 'direct', type: 'text' }, (ctx) => again(ctx));
    bot.on({ kind: 'group', type: 'text', mention: true }, (ctx) => again(ctx));
    return {};
  },
};

const again = (ctx: Context) => ctx.reply(ctx.text!);
