import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isUuid, UUID_V7_PATTERN } from '../../protocol/uuid.ts';
import { NoAnswer } from './asking.ts';
import { FakeClient, ME } from './fixtures/fake-client.ts';

const OTHER = '00000000-0000-8000-8000-0000000000f1';
const BEN = '00000000-0000-4000-8000-0000000000be';

describe('turns of a bot', { timeout: 20_000 }, () => {
  it('keeps the order of a conversation while others go on, a bounded number at once', async () => {
    const client = new FakeClient();
    const began: string[] = [];
    const free: (() => void)[] = [];
    const bot = client.bot({ concurrency: 2 }).on({}, async (ctx) => {
      began.push(ctx.text!);
      await new Promise<void>((resolve) => free.push(resolve));
      await ctx.reply(ctx.text!);
    });
    await bot.start();
    for (const text of ['a1', 'a2']) await client.hear(text);
    await client.hear('b1', { conversation: OTHER });
    await client.hear('c1', { conversation: BEN });
    while (began.length < 2) await new Promise(setImmediate);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    assert.deepEqual(began, ['a1', 'b1']);
    while (client.said.length < 4) {
      for (const go of free.splice(0)) go();
      await new Promise(setImmediate);
    }
    assert.ok(client.said.indexOf('a1') < client.said.indexOf('a2'));
    await bot.stop();
  });

  it('remembers what it was told of each conversation, also when it is started again', async () => {
    const client = new FakeClient();
    const counting = () =>
      client.bot().on({}, (ctx) => {
        ctx.state.count = ((ctx.state.count as number | undefined) ?? 0) + 1;
        return ctx.reply(String(ctx.state.count));
      });
    const first = counting();
    await first.start();
    await client.hear('x');
    await client.hear('x', { conversation: OTHER });
    await client.hear('x');
    await client.idle();
    await first.stop();
    const second = counting();
    await second.start();
    await client.hear('x');
    await client.idle();
    assert.deepEqual(client.said.toSorted(), ['1', '1', '2', '3']);
    await second.stop();
  });

  it('handles what it had begun when it was cut again, and does nothing twice', async () => {
    const client = new FakeClient();
    const cut = client.bot().on({}, async (ctx) => {
      await ctx.reply('working on it');
      await new Promise(() => {});
    });
    await cut.start();
    await client.hear('please');
    await client.until(1);
    // Nobody stops it: the process is gone.
    const bot = client.bot().on({}, async (ctx) => {
      await ctx.reply('working on it');
      ctx.state.done = true;
      await ctx.reply('done');
    });
    await bot.start();
    await client.idle();
    await bot.stop();
    assert.deepEqual(client.said, ['working on it', 'done']);
    for (const { id } of client.done) {
      assert.ok(isUuid(id));
      assert.match(id, new RegExp(UUID_V7_PATTERN));
    }
    const third = client.bot().on({}, (ctx) => ctx.reply('once more'));
    await third.start();
    await third.stop();
    assert.equal(client.said.length, 2);
  });

  it('asks one, while others in the conversation are answered, and goes on in the turn of the answer', async () => {
    const client = new FakeClient();
    const bot = client
      .bot()
      .on({ text: 'name?' }, async (ctx) => {
        const name = await ctx.ask('What is your name?');
        const again = await ctx.ask(`${name}?`);
        await ctx.reply(`${name} ${again}`);
      })
      .on({}, (ctx) => ctx.reply(`heard ${ctx.text}`));
    await bot.start();
    await client.hear('name?');
    await client.hear('hello', { from: BEN });
    await client.hear('Ann');
    await client.hear('yes');
    await client.hear('and now?');
    await client.idle();
    assert.deepEqual(client.said, ['What is your name?', 'heard hello', 'Ann?', 'Ann yes', 'heard and now?']);
    await bot.stop();
  });

  it('asks again without asking twice when it is stopped between question and answer', async () => {
    const client = new FakeClient();
    const make = () =>
      client
        .bot()
        .on({ text: 'name?' }, async (ctx) => void (await ctx.reply(`Hello ${await ctx.ask('Who?')}`)));
    const first = make();
    await first.start();
    await client.hear('name?');
    await client.until(1);
    await first.stop();
    const second = make();
    await second.start();
    await client.hear('Ann');
    await client.idle();
    assert.deepEqual(client.said, ['Who?', 'Hello Ann']);
    await second.stop();
  });

  it('waits for an answer no longer than it was told', async () => {
    const client = new FakeClient();
    const bot = client.bot().on({}, async (ctx) => {
      await assert.rejects(ctx.ask('Who?', 1), NoAnswer);
      await ctx.reply('never mind');
    });
    await bot.start();
    await client.hear('x');
    await client.idle();
    assert.deepEqual(client.said, ['Who?', 'never mind']);
    await bot.stop();
  });

  it('ends what it has begun before it disconnects, and begins nothing more', async () => {
    const client = new FakeClient();
    let go = () => {};
    const bot = client.bot().on({}, async (ctx) => {
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      assert.equal(client.connected, true);
      await ctx.reply(ctx.text!);
    });
    await bot.start();
    await client.hear('one');
    await client.hear('two');
    while ((await client.storage.list('bot/')).length < 2) await new Promise(setImmediate);
    await new Promise(setImmediate);
    const stopped = bot.stop();
    go();
    await stopped;
    assert.deepEqual(client.said, ['one']);
    assert.equal(client.connected, false);
    assert.equal((await client.storage.list(`bot/${ME}/todo/`)).length, 1);
  });
});
