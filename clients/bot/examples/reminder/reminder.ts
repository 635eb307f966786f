import {
  type Bot,
  type BotEvent,
  button,
  buttons,
  type Context,
  parseCommandText,
  type Says,
} from '../../index.ts';
import { type Example, type Ground, UsageError } from '../example.ts';
import { idOf, type Reminder, Reminders } from './reminders.ts';
import { describeTime, parseWhen } from './when.ts';
import { zoneNamed } from './zones.ts';

const DAY_MS = 86_400_000;
/** How far ahead. */
const LONGEST_MS = 366 * DAY_MS;
/** Of one user. */
const MOST = 50;
/** Characters. */
const LONGEST_WHAT = 500;
/** A reminder says by itself that it is late when it is later than this. */
const LATE_MS = 60_000;
/** Rows of buttons that a message has at most. */
const ROWS = 10;

const HOW = `Like this:
/remind me in 2h to call Ann
/remind at 18:30 to cook
/remind tomorrow at 9 to buy milk
/remind on 2027-06-01 at 18:30 to sail`;

const PUT_OFF: Readonly<Record<string, [label: string, ms: number]>> = {
  '10m': ['In 10 minutes', 600_000],
  '1h': ['In an hour', 3_600_000],
  '1d': ['In a day', DAY_MS],
};

/** Reminds people of what they asked it to. */
export const reminder: Example = {
  what: 'Reminds: /remind me in 2h to call Ann; /reminders lists them; /timezone Europe/Berlin.',
  options: {
    timezone: {
      type: 'string',
      hint: 'ZONE  of who has not said where they are   (default: this machine’s)',
    },
  },
  async setUp(bot, ground) {
    const running = new ReminderBot(bot, ground);
    await running.load();
    return running;
  },
};

class ReminderBot {
  readonly #bot: Bot;
  readonly #ground: Ground;
  readonly #reminders: Reminders;
  readonly #zone: string;

  constructor(bot: Bot, ground: Ground) {
    this.#bot = bot;
    this.#ground = ground;
    const { values, log } = ground;
    const asked = String(values.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
    const zone = zoneNamed(asked);
    if (zone === null) throw new UsageError(`--timezone: there is no ${JSON.stringify(asked)}`);
    this.#zone = zone;
    this.#reminders = new Reminders(
      ground.storage,
      (one) => this.#remind(one),
      (error) => log('error', 'a reminder could not be told; it is tried again', { error }),
    );
    bot.command('remind', 'reminds you: /remind me in 2h to call Ann', (ctx) => this.#ask(ctx));
    bot.command('reminders', 'lists what you are reminded of, to be cancelled', (ctx) => this.#list(ctx));
    bot.command('timezone', 'says where you are: /timezone Europe/Berlin', (ctx) => this.#moveTo(ctx));
    bot.press(/^cancel:/, (ctx) => this.#cancel(ctx));
    bot.press(/^off:/, (ctx) => this.#putOff(ctx));
    // Who takes back what they asked is not reminded of it.
    bot.on({ event: 'message.deleted' }, async ({ conversation, event }) => {
      await this.#reminders.cancel(idOf({ conversation, seq: (event as { target?: number }).target ?? 0 }));
    });
    bot.on({ kind: 'direct', type: 'text' }, (ctx) => ctx.reply(HOW));
  }

  load(): Promise<void> {
    return this.#reminders.load();
  }

  started(): void {
    this.#reminders.start();
  }

  stopping(): Promise<void> {
    return this.#reminders.stop();
  }

  async #ask(ctx: Context): Promise<unknown> {
    const zone = await this.#zoneOf(ctx.sender);
    // From the time of the message: it may be handled later, or again.
    const { time, seq } = ctx.event;
    const asked = parseWhen(ctx.command!.rest, time, zone);
    if (asked === null) return ctx.reply(`I do not see when, or what. ${HOW}`);
    const { conversation, sender: user } = ctx;
    return this.#add(ctx, { conversation, seq, about: seq, user, ...asked }, zone);
  }

  async #add(ctx: Context, one: Reminder, zone: string): Promise<unknown> {
    const { time } = ctx.event;
    if (one.due <= time) return ctx.reply('That has been already.');
    if (one.due > time + LONGEST_MS) return ctx.reply('That is too far ahead: a year at most.');
    if (one.what.length > LONGEST_WHAT)
      return ctx.reply(`That is too long: ${LONGEST_WHAT} characters at most.`);
    const id = idOf(one);
    if (!this.#reminders.has(id) && this.#reminders.of(one.user).length >= MOST)
      return ctx.reply(`You have ${MOST} reminders: /reminders lists them, to be cancelled.`);
    await this.#reminders.add(one);
    const says = `I will remind you ${describeTime(one.due, time, zone)} (${zone}).`;
    return ctx.reply(buttons(says, [button('Cancel', `cancel:${id}`)]));
  }

  async #list(ctx: Context): Promise<unknown> {
    const zone = await this.#zoneOf(ctx.sender);
    // What somebody asked elsewhere is nothing for a group.
    const all = this.#reminders.of(ctx.sender);
    const shown = ctx.kind === 'direct' ? all : all.filter((one) => one.conversation === ctx.conversation);
    if (shown.length === 0) return ctx.reply('There is nothing to remind you of.');
    const when = (one: Reminder) => describeTime(one.due, ctx.event.time, zone);
    const lines = shown.map((one, at) => `${at + 1}. ${when(one)}: ${cut(one.what, 100)}`);
    const rows = shown
      .slice(0, ROWS)
      .map((one, at) => [button(cut(`Cancel ${at + 1}: ${one.what}`, 64), `cancel:${idOf(one)}`)]);
    return ctx.reply(buttons(lines.join('\n'), ...rows));
  }

  async #cancel(ctx: Context): Promise<unknown> {
    const id = ctx.pressed!.data.slice('cancel:'.length);
    const one = this.#reminders.get(id);
    if (one === null) return ctx.reply('That one is gone already.');
    if (one.user !== ctx.sender) return ctx.reply('Only who asked for it can cancel it.');
    await this.#reminders.cancel(id);
    return ctx.reply(`Cancelled: ${one.what}`);
  }

  /** What it was about stands in the message that asked for it, which the reminder answers. */
  async #putOff(ctx: Context): Promise<unknown> {
    const span = PUT_OFF[ctx.pressed!.data.slice('off:'.length)];
    const about = (await ctx.answered())?.reply_to;
    if (span === undefined || about === undefined) return;
    const { conversation, sender: user } = ctx;
    const page = await ctx.query('messages.list', { conversation, after: about - 1, limit: 1 });
    const [first] = page.events as BotEvent[];
    const says = (first?.edited?.content ?? first?.content) as { text?: unknown } | undefined;
    const zone = await this.#zoneOf(user);
    const command = parseCommandText(String(says?.text ?? ''));
    const asked = command && parseWhen(command.rest, first!.time, zone);
    if (!asked) return ctx.reply('I do not know any more what it was about.');
    if (first!.sender.user !== user) return ctx.reply('Only who asked for it can put it off.');
    const { seq, time } = ctx.event;
    return this.#add(ctx, { conversation, seq, about, user, what: asked.what, due: time + span[1] }, zone);
  }

  async #moveTo(ctx: Context): Promise<unknown> {
    const [name] = ctx.args;
    const zone = name === undefined ? await this.#zoneOf(ctx.sender) : zoneNamed(name);
    if (zone === null) return ctx.reply('I do not know that place. Like this: /timezone Europe/Berlin');
    if (name !== undefined) await this.#ground.storage.write([[zoneKey(ctx.sender), zone]]);
    const { time } = ctx.event;
    return ctx.reply(`For you it is ${describeTime(time, time, zone).replace('today at ', '')} (${zone}).`);
  }

  async #zoneOf(user: string): Promise<string> {
    return (await this.#ground.storage.get(zoneKey(user))) ?? this.#zone;
  }

  async #remind(one: Reminder): Promise<void> {
    const { conversation, about, user, what, due } = one;
    const now = Date.now();
    const zone = await this.#zoneOf(user);
    const late = now - due > LATE_MS ? `\n(It was due ${describeTime(due, now, zone)}; I was away.)` : '';
    const says: Says = buttons(
      `⏰ ${what}${late}`,
      Object.entries(PUT_OFF).map(([name, [label]]) => button(label, `off:${name}`)),
    );
    const once = { name: `reminder/${idOf(one)}`, time: due };
    await this.#bot.say({ conversation }, says, { replyTo: about, mentions: [user], once });
  }
}

const zoneKey = (user: string) => `reminder/zone/${user}`;

const cut = (text: string, most: number) => {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= most ? line : `${line.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
};
