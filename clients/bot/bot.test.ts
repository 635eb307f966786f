import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UUID_V7_PATTERN } from '../../protocol/uuid.ts';
import { RefusedError } from '../sdk/index.ts';
import { button, buttons } from './content.ts';
import { FakeClient, ME } from './fixtures/fake-client.ts';

const OTHER = '00000000-0000-8000-8000-0000000000f1';
const BEN = '00000000-0000-4000-8000-0000000000be';

describe('a bot', { timeout: 20_000 }, () => {
  it('handles commands with their words, and lists them when it is asked', async () => {
    const client = new FakeClient();
    const bot = client.bot();
    bot.command('say', 'says it', (ctx) => ctx.reply(ctx.args.join('|')));
    await bot.start();
    await client.hear('/say one "two three" four');
    await client.hear('/SAY@echo five');
    await client.hear('/say@another six');
    await client.hear('/nothing', { kind: 'group' });
    await client.hear('/help', { kind: 'group' });
    await client.hear('/nothing');
    await client.idle();
    const help = '/say – says it\n/help – what there is';
    const unknown = 'There is no /nothing: /help lists what there is.';
    assert.deepEqual(client.said, ['one|two three|four', 'five', help, unknown]);
    assert.deepEqual(client.done[0]!.fields.reply_to, 1);
    await bot.stop();
  });

  it('asks what was given first, until something handles it', async () => {
    const client = new FakeClient();
    const seen: string[] = [];
    const bot = client
      .bot()
      .use(async (ctx, next) => {
        seen.push(`before ${ctx.text}`);
        await next();
        seen.push(`after ${ctx.text}`);
      })
      .on({ text: /^no/g }, () => void seen.push('a'))
      .on({ kind: 'group', mention: true }, () => void seen.push('b'))
      .on({ type: 'sensor.reading' }, () => void seen.push('c'))
      .on({ event: 'members.added' }, () => void seen.push('d'))
      .on({}, () => void seen.push('e'));
    await bot.start();
    await client.hear('no');
    await client.hear('now');
    await client.hear('yes', { kind: 'group', mentions: [ME] });
    await client.hear('x', { content: { type: 'sensor.reading' } });
    await client.hear('x', { type: 'members.added', content: undefined });
    await client.hear('yes');
    await client.idle();
    assert.deepEqual(
      seen.filter((one) => one.length === 1),
      ['a', 'a', 'b', 'c', 'd', 'e'],
    );
    assert.deepEqual(seen.slice(0, 3), ['before no', 'a', 'after no']);
    await bot.stop();
  });

  it('has /help behind what goes around it, before what takes everything, and not beside one of its own', async () => {
    const client = new FakeClient();
    const bot = client.bot().use((ctx, next) => (ctx.sender === BEN ? undefined : next()));
    bot.command('say', 'says it', () => {}).on({}, (ctx) => ctx.reply('anything'));
    await bot.start();
    await client.hear('/help', { from: BEN });
    await client.hear('/help');
    await client.idle();
    assert.deepEqual(client.said, ['/say – says it\n/help – what there is']);
    await bot.stop();
    const own = client.bot().command('say', 'says it', () => {});
    own.command('help', 'helps', (ctx) => ctx.reply('no help'));
    await own.start();
    await client.hear('/help');
    await client.idle();
    assert.equal(client.said.at(-1), 'no help');
    await own.stop();
  });

  it('handles presses of its buttons', async () => {
    const client = new FakeClient();
    const bot = client.bot();
    bot.command('go', 'asks', (ctx) => ctx.reply(buttons('Go?', [button('Yes', 'go:yes')])));
    bot.press(/^go:/, (ctx) => ctx.reply(`${ctx.pressed!.data} of ${ctx.pressed!.message}`));
    await bot.start();
    await client.hear('/go');
    await client.until(1);
    await client.hear('', { content: { type: 'button.press', text: 'Yes', data: 'go:yes' }, reply_to: 2 });
    await client.idle();
    assert.equal(client.done[0]!.fields.content.rows[0][0].data, 'go:yes');
    assert.deepEqual(client.said.slice(1), ['go:yes of 2']);
    await bot.stop();
  });

  it('takes no press for one of a button that it does not have', async () => {
    const client = new FakeClient();
    const bot = client.bot();
    bot.command('go', 'asks', (ctx) => ctx.reply(buttons('Go?', [button('Yes', 'go:yes')])));
    bot.press(/^go:/, (ctx) => ctx.reply('gone'));
    await bot.start();
    await client.hear('/go');
    await client.until(1);
    for (const [text, data, reply_to] of [
      ['Yes', 'go:everywhere', 2],
      ['No', 'go:yes', 2],
      ['Yes', 'go:yes', 1],
      ['Yes', 'go:yes', 7],
      ['Yes', 'go:yes', undefined],
    ])
      await client.hear('', { content: { type: 'button.press', text, data }, reply_to });
    await client.idle();
    assert.deepEqual(client.said, ['Go?']);
    await bot.stop();
  });

  it('does not hear other bots, unless it is told to', async () => {
    const client = new FakeClient();
    client.bots.add(BEN);
    const added = () => client.hear('', { from: BEN, type: 'members.added', content: undefined });
    const make = (more = {}) =>
      client
        .bot(more)
        .on({}, (ctx) => ctx.reply(`you said ${ctx.text}`))
        .on({ event: 'members.added' }, (ctx) => ctx.send('hello'));
    const bot = make();
    await bot.start();
    await client.hear('one', { from: BEN });
    await client.hear('two');
    await added();
    await client.idle();
    assert.deepEqual(client.said, ['you said two', 'hello']);
    await bot.stop();
    const open = make({ hearBots: true });
    await open.start();
    await client.hear('three', { from: BEN });
    await client.idle();
    assert.equal(client.said.at(-1), 'you said three');
    await open.stop();
  });

  it('waits for its answers: while there is no connection, and where it is told to', async () => {
    const client = new FakeClient();
    client.status = 'offline';
    client.refusals.push(
      new RefusedError({ code: 'rate_limited', message: '', retry: true, retry_after_ms: 1 }),
      new RefusedError({ code: 'overloaded', message: '', retry: true, retry_after_ms: 1 }),
    );
    const bot = client.bot().on({}, (ctx) => ctx.reply(ctx.text!));
    await bot.start();
    await client.hear('one');
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    assert.deepEqual(client.said, []);
    client.become('online');
    await client.idle();
    assert.deepEqual(client.said, ['one']);
    assert.deepEqual(client.refusals, []);
    await bot.stop();
  });

  it('leaves what it cannot know for the next start when it is stopped without a connection', async () => {
    const client = new FakeClient();
    const make = () => client.bot().on({}, (ctx) => ctx.reply(ctx.text!));
    client.status = 'offline';
    const first = make();
    await first.start();
    await client.hear('one');
    while ((await client.storage.list('bot/')).length < 1) await new Promise(setImmediate);
    await new Promise(setImmediate);
    await first.stop();
    assert.deepEqual([client.said, client.log], [[], []]);
    client.status = 'online';
    const second = make();
    await second.start();
    await client.idle();
    assert.deepEqual(client.said, ['one']);
    await second.stop();
  });

  it('says of its own accord, once under one name', async () => {
    const client = new FakeClient();
    const bot = client.bot();
    const to = { conversation: OTHER };
    for (const name of ['a', 'a', 'b'])
      await bot.say(to, name, { once: { name, time: 1_800_000_000_000 }, replyTo: 4 });
    assert.deepEqual(client.said, ['a', 'b']);
    assert.equal(client.done[0]!.fields.reply_to, 4);
    for (const { id } of client.done) assert.match(id, new RegExp(UUID_V7_PATTERN));
  });

  it('does not hear itself', async () => {
    const client = new FakeClient();
    const bot = client.bot().on({}, (ctx) => ctx.reply('again'));
    await bot.start();
    await client.hear('mine', { from: ME });
    await client.hear('hello');
    await client.idle();
    assert.deepEqual(client.said, ['again']);
    await bot.stop();
  });

  it('tells the user when a handler fails, and goes on', async () => {
    const client = new FakeClient();
    const bot = client.bot({ apology: 'Sorry.' }).on({ text: 'bad' }, () => {
      throw new Error('broken');
    });
    bot.on({}, (ctx) => {
      ctx.state.kept = true;
      return ctx.reply('fine');
    });
    await bot.start();
    await client.hear('bad');
    await client.hear('good');
    await client.idle();
    assert.deepEqual(client.said, ['Sorry.', 'fine']);
    assert.match(client.log.join(), /a handler failed Error: broken/);
    await bot.stop();
  });

  it('shows that it is typing, reacts, and writes elsewhere', async () => {
    const client = new FakeClient();
    const bot = client.bot().on({}, async (ctx) => {
      ctx.typing();
      await ctx.react('👍');
      await ctx.send('hello', { user: BEN });
    });
    await bot.start();
    await client.hear('x');
    await client.idle();
    assert.equal(client.typed.length, 1);
    assert.deepEqual(
      client.done.map(({ fields: { emoji, to } }) => emoji ?? to.user),
      ['👍', BEN],
    );
    await bot.stop();
  });
});
