import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Body, Person } from '../../gateway/fixtures/person.ts';
import { type House, house } from '../fixtures/house.ts';
import { Receiver } from '../fixtures/receiver.ts';

const HOUR_MS = 3_600_000;

describe('outgoing webhooks', () => {
  let h: House;
  let receiver: Receiver;
  let sending: { stop(): Promise<void> } | null;
  beforeEach(async () => {
    h = await house((config) => {
      config.outbound.allowPrivate = ['127.0.0.0/8'];
      config.webhooks.attempts = 3;
      config.webhooks.timeoutSeconds = 1;
      config.webhooks.retryMinSeconds = 60;
      config.webhooks.failuresKept = 5;
    });
    receiver = await Receiver.listening();
    sending = await h.stage.send();
  });
  afterEach(async () => {
    await sending?.stop();
    await receiver.close();
    await h.dispose();
  });

  const register = async (by: Person, fields: object): Promise<Body> => {
    const { status, body, text } = await by.ask('POST', '/webhooks', { url: receiver.url, ...fields });
    assert.equal(status, 201, text);
    receiver.secrets.push(body.secret);
    return body;
  };
  /** Puts the clock forward, and has the worker look. */
  const later = async (by: Person, webhook: Body, ms: number) => {
    h.clock.forward(ms);
    await by.ask('PATCH', `/webhooks/${webhook.id}`, {});
  };
  const state = async (by: Person, id: string): Promise<Body> =>
    (await by.ask('GET', '/webhooks')).body.webhooks.find((one: Body) => one.id === id);
  const failures = async (by: Person, id: string): Promise<Body[]> =>
    (await by.ask('GET', `/webhooks/${id}/failures`)).body.failures;
  /** Looks until it is so: what is written after an answer is no event of ours. */
  const eventually = async (holds: () => Promise<boolean>) => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  /** What was under way has been written down. */
  const settled = () =>
    eventually(async () => (await h.stage.metrics.webhook_lanes_under_way.get()).values[0]?.value === 0);

  it('are told of what happens, in order, signed, and of nothing else', async () => {
    await h.say(h.member, h.group, 'before');
    const webhook = await register(h.admin, { conversation: h.group, events: ['message', 'message.edited'] });
    const said: Body[] = [];
    for (const text of ['one', 'two', 'three']) said.push(await h.say(h.member, h.group, text));
    await h.say(h.member, h.direct, 'not theirs');
    await h.member.ask('PUT', `/messages/${h.group}/${said[0].seq}/reaction`, { emoji: '👍' });
    await h.member.ask('POST', `/messages/${h.group}/${said[0].seq}/edit`, {
      content: { type: 'text', text: 'uno' },
    });
    await receiver.until(() => receiver.got.length >= 4);
    assert.deepEqual(
      receiver.got.map(({ told }) => told.data),
      [...said, receiver.got[3]!.told.data],
    );
    const [first] = receiver.got;
    assert.equal(first!.told.type, 'message');
    assert.equal(first!.told.timestamp, new Date(said[0].time).toISOString());
    assert.equal(receiver.got[3]!.told.type, 'message.edited');
    for (const { signedBy, headers } of receiver.got) {
      assert.deepEqual(signedBy, [webhook.secret]);
      assert.equal(headers['content-type'], 'application/json');
      assert.ok(Math.abs(Number(headers['webhook-timestamp']) * 1_000 - h.clock.now()) < 60_000);
      assert.ok(!String(headers['webhook-id']).includes('.'));
    }
    assert.equal(new Set(receiver.got.map(({ id }) => id)).size, 4);
  });

  it('are told again under the same id until they say yes, and of what comes behind it after that', async () => {
    const webhook = await register(h.owner, { conversation: h.group });
    receiver.answer = () => ({ status: receiver.got.length === 1 ? 500 : 204 });
    const first = await h.say(h.member, h.group, 'one');
    const second = await h.say(h.member, h.group, 'two');
    await receiver.until(() => receiver.got.length === 1);
    await settled();
    assert.notEqual((await state(h.owner, webhook.id)).failing_since, null);
    await later(h.owner, webhook, 61_000);
    await receiver.until(() => receiver.got.length === 3);
    assert.deepEqual(receiver.seqs(), [first.seq, first.seq, second.seq]);
    assert.equal(receiver.got[0]!.id, receiver.got[1]!.id);
    await eventually(async () => (await state(h.owner, webhook.id)).failing_since === null);
  });

  it('wait as long as the receiver asks them to', async () => {
    const webhook = await register(h.owner, { conversation: h.group });
    receiver.answer = () =>
      receiver.got.length === 1 ? { status: 429, headers: { 'retry-after': '7200' } } : { status: 204 };
    await h.say(h.member, h.group, 'one');
    await receiver.until(() => receiver.got.length === 1);
    await settled();
    assert.notEqual((await state(h.owner, webhook.id)).failing_since, null);
    // Our own pause is over; theirs is not.
    await later(h.owner, webhook, 2 * HOUR_MS - 30_000);
    await settled();
    assert.equal(receiver.got.length, 1);
    await later(h.owner, webhook, 60_000);
    await receiver.until(() => receiver.got.length === 2);
  });

  it('give an event up after so many attempts, go on behind it, and tell of it when that is asked for', async () => {
    const webhook = await register(h.owner, { conversation: h.group });
    const bad = await h.say(h.member, h.group, 'bad');
    receiver.answer = ({ told }) => ({ status: told.data.seq === bad.seq ? 400 : 204 });
    const good = await h.say(h.member, h.group, 'good');
    for (let attempt = 1; attempt <= 3; attempt++) {
      await receiver.until(() => receiver.got.length === attempt);
      await settled();
      if (attempt < 3) await later(h.owner, webhook, 10 * 60_000);
    }
    await receiver.until(() => receiver.got.length === 4);
    assert.deepEqual(receiver.seqs(), [bad.seq, bad.seq, bad.seq, good.seq]);
    const [letter, ...others] = await failures(h.owner, webhook.id);
    assert.equal(others.length, 0);
    assert.deepEqual(
      [letter.conversation, letter.seq, letter.type, letter.attempts, letter.status, letter.reason],
      [h.group, bad.seq, 'message', 3, 400, 'status'],
    );
    // What says something of an event says nothing of the endpoint.
    assert.equal((await state(h.owner, webhook.id)).failing_since, null);

    // Again, and refused again.
    const replay = (failures?: string[]) =>
      h.owner.ask(
        'POST',
        `/webhooks/${webhook.id}/failures/replay`,
        failures === undefined ? {} : { failures },
      );
    assert.equal((await replay(['01890000-0000-7000-8000-000000000001'])).body.replaying, 0);
    assert.equal((await replay([letter.id])).body.replaying, 1);
    await receiver.until(() => receiver.got.length === 5);
    await eventually(async () => (await failures(h.owner, webhook.id))[0].attempts === 4);
    receiver.answer = () => ({ status: 200 });
    assert.equal((await replay()).body.replaying, 1);
    await receiver.until(() => receiver.got.length === 6);
    assert.equal(receiver.got[5]!.id, receiver.got[0]!.id);
    await eventually(async () => (await failures(h.owner, webhook.id)).length === 0);
  });

  it('take neither silence nor a redirect for a yes', async () => {
    const webhook = await register(h.owner, { conversation: h.group });
    receiver.answer = () =>
      receiver.got.length === 1
        ? 'hang'
        : { status: 302, headers: { location: `${receiver.url}/elsewhere` } };
    await h.say(h.member, h.group, 'one');
    await receiver.until(() => receiver.got.length === 1);
    await settled();
    assert.notEqual((await state(h.owner, webhook.id)).failing_since, null);
    await later(h.owner, webhook, 61_000);
    await receiver.until(() => receiver.got.length === 2);
    await settled();
    receiver.answer = () => ({ status: 204 });
    await later(h.owner, webhook, HOUR_MS);
    await receiver.until(() => receiver.got.length === 3);
    assert.equal(new Set(receiver.got.map(({ id }) => id)).size, 1);
  });

  it('are paused after a long failure, their owner is told, and they go on where they stopped', async () => {
    const webhook = await register(h.owner, { conversation: h.group });
    receiver.answer = () => ({ status: 503 });
    const first = await h.say(h.member, h.group, 'one');
    const other = await h.say(h.member, h.group, 'two');
    await receiver.until(() => receiver.got.length === 1);
    await settled();
    assert.notEqual((await state(h.owner, webhook.id)).failing_since, null);
    await later(h.owner, webhook, 25 * HOUR_MS);
    await eventually(async () => (await state(h.owner, webhook.id)).paused === 'failing');
    await eventually(async () => (await h.account(h.owner)).some(({ type }) => type === 'webhook.paused'));
    const told = (await h.account(h.owner)).find(({ type }) => type === 'webhook.paused');
    assert.deepEqual([told.webhook, told.reason, told.target], [webhook.id, 'failing', h.group]);
    const third = await h.say(h.member, h.group, 'three');
    const tries = receiver.got.length;
    await later(h.owner, webhook, HOUR_MS);
    assert.equal(receiver.got.length, tries);
    receiver.answer = () => ({ status: 204 });
    await h.owner.ask('PATCH', `/webhooks/${webhook.id}`, { paused: false });
    await receiver.until(() => receiver.seqs().includes(third.seq));
    assert.deepEqual(receiver.seqs().slice(tries), [first.seq, other.seq, third.seq]);
    assert.equal((await state(h.owner, webhook.id)).paused, null);
  });

  it('are paused at once when the receiver says that it is gone', async () => {
    const webhook = await register(h.owner, { conversation: h.group });
    receiver.answer = () => ({ status: 410 });
    await h.say(h.member, h.group, 'one');
    await eventually(async () => (await state(h.owner, webhook.id)).paused === 'gone');
    assert.equal(receiver.got.length, 1);
  });

  it('rest while their owner has paused them', async () => {
    const webhook = await register(h.owner, { conversation: h.group });
    await h.owner.ask('PATCH', `/webhooks/${webhook.id}`, { paused: true });
    const one = await h.say(h.member, h.group, 'one');
    await later(h.owner, webhook, HOUR_MS);
    assert.equal(receiver.got.length, 0);
    await h.owner.ask('PATCH', `/webhooks/${webhook.id}`, { paused: false });
    await receiver.until(() => receiver.got.length === 1);
    assert.deepEqual(receiver.seqs(), [one.seq]);
  });

  it('sign with both secrets for a while after a change', async () => {
    const webhook = await register(h.owner, { conversation: h.group });
    const rotated = (await h.owner.ask('POST', `/webhooks/${webhook.id}/secret`)).body;
    assert.notEqual(rotated.secret, webhook.secret);
    receiver.secrets.push(rotated.secret);
    await h.say(h.member, h.group, 'one');
    await receiver.until(() => receiver.got.length === 1);
    assert.deepEqual(receiver.got[0]!.signedBy, [webhook.secret, rotated.secret]);
    h.clock.forward(25 * HOUR_MS);
    await h.say(h.member, h.group, 'two');
    await receiver.until(() => receiver.got.length === 2);
    assert.deepEqual(receiver.got[1]!.signedBy, [rotated.secret]);
  });

  it('tell nothing of what was deleted meanwhile but that it was', async () => {
    const webhook = await register(h.owner, { conversation: h.group });
    await h.owner.ask('PATCH', `/webhooks/${webhook.id}`, { paused: true });
    const { seq } = await h.say(h.member, h.group, 'a slip of the tongue');
    const expiring = await h.member.ask('POST', '/messages/send', {
      to: { conversation: h.group },
      content: { type: 'text', text: 'for a moment only' },
      ttl: 60,
    });
    await h.member.ask('DELETE', `/messages/${h.group}/${seq}`);
    h.clock.forward(61_000);
    await h.owner.ask('PATCH', `/webhooks/${webhook.id}`, { paused: false });
    assert.equal(expiring.status, 201, expiring.text);
    await receiver.until(() => receiver.got.length === 2);
    for (const { body } of receiver.got) assert.doesNotMatch(body, /slip|moment/);
    assert.equal(receiver.got[0]!.told.data.deleted, true);
    assert.equal(receiver.got[1]!.told.data.expired, true);
  });

  it('stop at once for who may not look after the group any more, and say so', async () => {
    for (const loses of ['left', 'demoted', 'removed'] as const) {
      const before = receiver.got.length;
      const webhook = await register(h.admin, { conversation: h.group });
      await h.admin.ask('PATCH', `/webhooks/${webhook.id}`, { paused: true });
      await h.say(h.member, h.group, 'what they could still be told');
      if (loses === 'left') await h.admin.ask('POST', `/groups/${h.group}/leave`);
      else if (loses === 'demoted')
        await h.owner.ask('POST', `/groups/${h.group}/role`, { user: h.admin.id, role: 'member' });
      else await h.owner.ask('POST', `/groups/${h.group}/remove`, { users: [h.admin.id] });
      await h.admin.ask('PATCH', `/webhooks/${webhook.id}`, { paused: false });
      await eventually(async () => (await state(h.admin, webhook.id)).paused === 'right_lost');
      assert.equal(receiver.got.length, before, loses);
      await h.admin.ask('DELETE', `/webhooks/${webhook.id}`);
      if (loses !== 'demoted') await h.owner.ask('POST', `/groups/${h.group}/add`, { users: [h.admin.id] });
      await h.owner.ask('POST', `/groups/${h.group}/role`, { user: h.admin.id, role: 'admin' });
    }
    const told = (await h.account(h.admin)).filter(({ type }) => type === 'webhook.paused');
    assert.deepEqual(
      told.map(({ reason }) => reason),
      ['right_lost', 'right_lost', 'right_lost'],
    );
  });

  it('of a bot are told of all it is in, and what is answered to people is said in its name, once', async () => {
    const bot = await h.bot(h.owner, 'echo', { scopes: ['messages.read', 'messages.send'], inGroup: true });
    const webhook = await register(bot, { all: true });
    receiver.answer = ({ told }) => ({
      status: receiver.got.length === 1 ? 500 : 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reply: { text: `you said: ${told.data.content?.text}` } }),
    });
    const asked = await h.say(h.member, h.group, 'ping');
    await receiver.until(() => receiver.got.length === 1);
    await settled();
    await later(bot, webhook, 61_000);
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
    assert.equal((await state(bot, webhook.id)).paused, null);
  });

  it('of two bots do not keep each other talking', async () => {
    const bots = [];
    for (const name of ['tweedledum', 'tweedledee'])
      bots.push(await h.bot(h.owner, name, { scopes: ['messages.read', 'messages.send'], inGroup: true }));
    for (const bot of bots) await register(bot, { all: true });
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
    await settled();
    const { events } = (await h.owner.ask('GET', `/messages/${h.group}?limit=200`)).body;
    const answers = events.filter(({ content }: Body) => content?.text === 'contrariwise');
    assert.equal(answers.length, 4);
  });

  it('of one conversation do not wait for those of another, and one that hangs does not hold up the rest', async () => {
    const stuck = await Receiver.listening();
    stuck.answer = () => 'hang';
    await register(h.owner, { conversation: h.group, url: stuck.url });
    await register(h.member, { conversation: h.direct });
    await h.say(h.member, h.group, 'one');
    await stuck.until(() => stuck.got.length === 1);
    const said = await h.say(h.owner, h.direct, 'two');
    await receiver.until(() => receiver.got.length === 1);
    assert.deepEqual(receiver.seqs(), [said.seq]);
    await stuck.close();
  });

  it('are for those who may read, to make and to see', async () => {
    const bot = await h.bot(h.owner, 'reader', { scopes: ['messages.read'], inGroup: true });
    const blind = await h.bot(h.owner, 'blind', { scopes: ['messages.send'], inGroup: true });
    const of = async (who: Person, fields: object) =>
      (await who.ask('POST', '/webhooks', { url: receiver.url, ...fields })).body.code;
    assert.equal(await of(h.nobody, { conversation: h.group }), 'unauthenticated');
    assert.equal(await of(h.member, { conversation: h.group }), 'not_an_admin');
    assert.equal(await of(h.stranger, { conversation: h.group }), 'not_a_member');
    assert.equal(await of(h.stranger, { conversation: h.direct }), 'conversation_not_found');
    assert.equal(await of(h.owner, { all: true }), 'bad_request');
    assert.equal(await of(bot, { conversation: h.group, all: true }), 'bad_request');
    assert.equal(await of(bot, {}), 'bad_request');
    assert.equal(await of(bot, { conversation: h.direct }), 'conversation_not_found');
    assert.equal(await of(blind, { all: true }), 'scope_missing');
    assert.equal(await of(h.owner, { conversation: h.group, events: ['device.added'] }), 'bad_request');

    const webhook = await register(h.admin, { conversation: h.group });
    await register(bot, { conversation: h.group });
    const id = `/webhooks/${webhook.id}`;
    const routes: [string, string, unknown?][] = [
      ['PATCH', id, { paused: true }],
      ['POST', `${id}/secret`],
      ['GET', `${id}/failures`],
      ['POST', `${id}/failures/replay`, {}],
      ['DELETE', id],
    ];
    for (const [method, path, body] of routes) {
      assert.equal((await h.nobody.ask(method, path, body)).body.code, 'unauthenticated');
      for (const who of [h.member, h.stranger, bot])
        assert.equal((await who.ask(method, path, body)).body.code, 'not_found', `${method} ${path}`);
    }
    assert.deepEqual((await h.member.ask('GET', '/webhooks')).body.webhooks, []);
    // Members may know who is told; the rest of the URL is between its owner and the receiver.
    const seen = await h.member.ask('GET', `/conversations/${h.group}/webhooks`);
    assert.deepEqual(
      seen.body.webhooks.map(({ owner, url }: Body) => [owner, url]),
      [
        [h.admin.id, new URL(receiver.url).origin],
        [bot.id, new URL(receiver.url).origin],
      ],
    );
    assert.ok(!seen.text.includes('whsec_'));
    assert.equal(
      (await h.stranger.ask('GET', `/conversations/${h.group}/webhooks`)).body.code,
      'conversation_not_found',
    );
    // Who looks after the group decides.
    assert.equal((await h.owner.ask('PATCH', id, { paused: true })).body.code, 'not_found');
    assert.equal((await h.owner.ask('DELETE', id)).status, 204);
    assert.ok(!h.stage.lines.join('\n').includes(webhook.secret));
  });
});

describe('outgoing webhooks that lead where they may not', () => {
  it('are refused, when they are made or when they are told', async () => {
    const h = await house();
    const receiver = await Receiver.listening();
    const sending = await h.stage.send();
    const { port } = receiver;
    const make = (url: string) => h.owner.ask('POST', '/webhooks', { url, conversation: h.group });
    for (const host of [
      '127.0.0.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '2130706433',
      '0177.0.0.1',
      '0x7f.1',
      '169.254.169.254',
    ])
      assert.equal((await make(`http://${host}:${port}/`)).body.code, 'bad_request', host);
    // A name is seen through when it is asked for.
    const { body, status } = await make(`http://localhost:${port}/`);
    assert.equal(status, 201);
    await h.say(h.member, h.group, 'a secret');
    const due = async () => (await h.owner.ask('GET', '/webhooks')).body.webhooks[0].failing_since;
    while ((await due()) === null) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(receiver.got.length, 0);
    assert.equal(
      (await h.owner.ask('PATCH', `/webhooks/${body.id}`, { url: 'http://10.0.0.1/' })).body.code,
      'bad_request',
    );
    await sending.stop();
    await receiver.close();
    await h.dispose();
  });
});
