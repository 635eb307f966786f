/** The framework with the real program: what people write to it over MQTT, and what they get. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { post, register } from '../../test/harness/account.ts';
import { Device, type Payload } from '../../test/harness/device.ts';
import { Server } from '../../test/harness/server.ts';
import { Media, MemoryStorage, type Session } from '../sdk/index.ts';
import { openFileStorage } from '../sdk/node.ts';
import { Bot, type BotCredentials, button, buttons } from './index.ts';

describe('a bot on a server', { timeout: 60_000 }, () => {
  let server: Server;
  let alice: Device;
  let credentials: BotCredentials;
  let folder: string;
  let bot: Bot | null = null;

  const start = async (change: (bot: Bot) => void) => {
    const storage = await openFileStorage(join(folder, 'bot.db'));
    bot = new Bot({ url: server.mqtt, server: server.http, credentials, storage });
    change(bot);
    await bot.start();
    return async () => {
      await bot!.stop();
      await storage.close();
      bot = null;
    };
  };
  const said = () => alice.inbox.filter((p) => p.type === 'message' && p.sender.user === credentials.bot.id);
  const hears = (text: string) =>
    alice.until(() => said().find(({ content }) => content.text === text), `“${text}”`);
  const tells = (content: object, more: object = {}) =>
    alice.ask('message.send', { to: { user: credentials.bot.id }, content, ...more });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-bot-'));
    server = await Server.started();
    alice = await Device.connect(server.mqtt, await register(server, 'alice'));
    const scopes = ['messages.read', 'messages.send', 'messages.manage', 'typing'];
    const body = { username: 'butler', scopes, groups: true };
    const made = await post(server, '/bots', body, alice.account.accessToken);
    credentials = (await made.json()) as BotCredentials;
  });
  after(async () => {
    await bot?.stop();
    alice.drop();
    await server.dispose();
    await rm(folder, { recursive: true });
  });

  it('answers commands, presses and questions, and remembers', async () => {
    await tells({ type: 'text', text: '/count' });
    const stop = await start((b) => {
      b.command('count', 'counts', (ctx) => {
        ctx.state.count = Number(ctx.state.count ?? 0) + 1;
        return ctx.reply(`${ctx.state.count}`);
      });
      b.command('ask', 'asks', async (ctx) => {
        const name = await ctx.ask(buttons('Who?', [button('Me', 'me')]));
        await ctx.react('👋');
        await ctx.reply(`Hello ${name}`);
      });
    });
    await hears('1');
    await tells({ type: 'text', text: '/ask' });
    const { seq, content } = await hears('Who?');
    assert.equal(content.type, 'buttons');
    await tells({ type: 'button.press', text: 'Me', data: 'me' }, { reply_to: seq });
    await hears('Hello Me');
    assert.ok(alice.inbox.some((p) => p.type === 'message.reaction' && p.emoji === '👋'));
    await stop();
    await tells({ type: 'text', text: '/count' });
    const again = await start((b) =>
      b.command('count', 'counts', (ctx) => ctx.reply(`still ${ctx.state.count}`)),
    );
    await hears('still 1');
    await again();
  });

  it('answers once, also when it was cut between its answer and its end', async () => {
    let answered = () => {};
    const begun = new Promise<void>((resolve) => {
      answered = resolve;
    });
    const hung = await openFileStorage(join(folder, 'bot.db'));
    const cut = new Bot({ url: server.mqtt, credentials, storage: hung }).on(
      { text: 'please' },
      async (ctx) => {
        await (await ctx.reply('at once')).outcome;
        answered();
        await new Promise(() => {});
      },
    );
    await cut.start();
    await tells({ type: 'text', text: 'please' });
    await begun;
    // Its process ends here, as far as the server and the file can tell.
    await cut.client.close();
    await hung.close();
    const stop = await start((b) =>
      b.on({ text: 'please' }, async (ctx) => {
        await ctx.reply('at once');
        await ctx.reply('and done');
      }),
    );
    await hears('and done');
    assert.equal(said().filter((p: Payload) => p.content.text === 'at once').length, 1);
    await stop();
  });

  it('in a group hears what is for it, from when it is added', async () => {
    const stop = await start((b) =>
      b.on({ kind: 'group', mention: true }, (ctx) => ctx.reply(`yes: ${ctx.text}`)),
    );
    const group = (await alice.ask('group.create', { name: 'House' })).conversation;
    const to = { conversation: group };
    const mentions = [credentials.bot.id];
    await alice.text(to, 'before', { mentions });
    await alice.ask('group.add', { conversation: group, users: mentions });
    await alice.text(to, 'not for it');
    await alice.text(to, 'butler?', { mentions });
    const answer = await hears('yes: butler?');
    assert.equal(answer.conversation, group);
    assert.equal(said().filter(({ conversation }) => conversation === group).length, 1);
    await stop();
  });

  it('does not go on for ever with another bot in one group', async () => {
    const body = { username: 'parrot', scopes: ['messages.read', 'messages.send'], groups: true };
    const made = await post(server, '/bots', body, alice.account.accessToken);
    const other = (await made.json()) as BotCredentials;
    const parrot = new Bot({ url: server.mqtt, credentials: other, storage: new MemoryStorage() });
    parrot.on({}, (ctx) => ctx.reply(`parrot: ${ctx.text}`));
    await parrot.start();
    const stop = await start((b) => b.on({}, (ctx) => ctx.reply(`butler: ${ctx.text}`)));
    const conversation = (await alice.ask('group.create', { name: 'Two of them' })).conversation;
    await alice.ask('group.add', { conversation, users: [other.bot.id, credentials.bot.id] });
    const heard = () =>
      alice.inbox
        .filter((p) => p.type === 'message' && p.conversation === conversation)
        .map((p) => p.content.text as string);
    for (const text of ['one', 'two', 'three']) {
      await alice.text({ conversation }, text);
      await alice.until(
        () => ['parrot', 'butler'].every((name) => heard().includes(`${name}: ${text}`)),
        `two answers to ${text}`,
      );
    }
    assert.equal(heard().length, 9, heard().join());
    await parrot.stop();
    await stop();
  });

  it('gets files and sends them, also encrypted ones', async () => {
    const session = { device: alice.account.device, accessToken: alice.account.accessToken } as Session;
    const sessions = { stored: async () => session, refresh: async () => session };
    const media = new Media({ server: server.http, session, sessions });
    const stop = await start((b) => {
      b.on({ kind: 'direct' }, async (ctx) => {
        const file = await ctx.download();
        if (file === null) return;
        const louder = new Blob([(await file.text()).toUpperCase()]);
        await ctx.sendMedia(louder, { name: 'louder.txt', caption: 'Here', encrypt: true });
      });
    });
    for (const encrypt of [false, true])
      await tells(await media.share(new Blob([`hello ${encrypt}`]), { encrypt }));
    const files = () => said().filter(({ content }) => content.type === 'media');
    await alice.until(() => (files().length === 2 ? true : undefined), 'two files');
    const texts: string[] = [];
    for (const { content } of files()) {
      assert.deepEqual(
        [content.text, content.name, content.encrypted.bytes > 0],
        ['Here', 'louder.txt', true],
      );
      texts.push(await (await media.blob(content)).text());
    }
    assert.deepEqual(texts, ['HELLO FALSE', 'HELLO TRUE']);
    await stop();
  });
});
