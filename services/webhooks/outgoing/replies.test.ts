import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Body } from '../../gateway/fixtures/answer.ts';
import type { House } from '../fixtures/house.ts';
import { eventually, Outgoing, stateOf } from '../fixtures/outgoing.ts';
import type { Receiver } from '../fixtures/receiver.ts';

let outgoing: Outgoing;
let h: House;
let receiver: Receiver;
beforeEach(async () => {
  outgoing = await Outgoing.open();
  ({ h, receiver } = outgoing);
});
afterEach(() => outgoing.close());

describe('outgoing webhooks', () => {
  it('of a bot are told of all it is in, and what is answered to people is said in its name, once', async () => {
    const bot = await h.bot(h.owner, 'echo', { scopes: ['messages.read', 'messages.send'], inGroup: true });
    const webhook = await outgoing.register(bot, { all: true });
    receiver.answer = ({ told }) => ({
      status: receiver.got.length === 1 ? 500 : 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reply: { text: `you said: ${told.data.content?.text}` } }),
    });
    const asked = await h.say(h.member, h.group, 'ping');
    await receiver.until(() => receiver.got.length === 1);
    await outgoing.settled();
    await outgoing.later(bot, webhook, 61_000);
    await receiver.until(() => receiver.got.length === 2);
    const events = async (conversation: string): Promise<Body[]> =>
      (await h.owner.ask('GET', `/messages/${conversation}`)).body.events;
    await eventually(async () => (await events(h.group)).at(-1).sender.user === bot.id);
    const reply = (await events(h.group)).at(-1);
    assert.deepEqual(reply.content, { type: 'text', text: 'you said: ping' });
    assert.equal(reply.reply_to, asked.seq);
    // Written to directly, too; and of its own answers it is not told.
    await h.stranger.ask('POST', '/messages/send', {
      to: { user: bot.id },
      content: { type: 'text', text: 'hi' },
    });
    await receiver.until(() => receiver.got.length === 3);
    assert.equal(receiver.got[2]!.told.data.sender.user, h.stranger.id);
    assert.ok(receiver.got.every(({ told }) => told.data.sender.user !== bot.id));

    // What it may not do any more is not done for it either.
    await h.owner.ask('PATCH', `/bots/${bot.id}`, { scopes: ['messages.read'] });
    const mute = await h.say(h.member, h.group, 'still there?');
    await receiver.until(() => receiver.seqs(h.group).includes(mute.seq));
    await eventually(async () => h.stage.lines.some((line) => /could not be said/.test(line)));
    assert.equal((await events(h.group)).at(-1).id, mute.id);
    await h.owner.ask('POST', `/groups/${h.group}/remove`, { users: [bot.id] });
    const unheard = await h.say(h.member, h.group, 'alone');
    const direct = await h.stranger.ask('POST', '/messages/send', {
      to: { user: bot.id },
      content: { type: 'text', text: 'you?' },
    });
    await receiver.until(() => receiver.seqs(direct.body.conversation).includes(direct.body.seq));
    assert.ok(!receiver.seqs(h.group).includes(unheard.seq));
    assert.equal((await stateOf(bot, webhook.id)).paused, null);
  });

  it('of two bots do not keep each other talking', async () => {
    const bots = [];
    for (const name of ['tweedledum', 'tweedledee'])
      bots.push(await h.bot(h.owner, name, { scopes: ['messages.read', 'messages.send'], inGroup: true }));
    for (const bot of bots) await outgoing.register(bot, { all: true });
    receiver.answer = () => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"reply":{"text":"contrariwise"}}',
    });
    await h.say(h.member, h.group, 'well?');
    // The question to both, and each answer to the other one.
    await receiver.until(() => receiver.got.length === 4);
    await h.say(h.member, h.group, 'how is it now?');
    await receiver.until(() => receiver.got.length === 8);
    await outgoing.settled();
    const { events } = (await h.owner.ask('GET', `/messages/${h.group}?limit=200`)).body;
    const answers = events.filter(({ content }: Body) => content?.text === 'contrariwise');
    assert.equal(answers.length, 4);
  });
});
