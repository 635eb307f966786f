import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Body } from '../../gateway/fixtures/answer.ts';
import type { Person } from '../../gateway/fixtures/person.ts';
import { type House, house } from '../fixtures/house.ts';

describe('incoming webhooks', () => {
  let h: House;
  before(async () => {
    h = await house((config) => {
      config.webhooks.hooksPerConversation = 4;
      config.webhooks.postsPerMinute = 30;
      config.http.publicUrl = 'https://chat.example.org';
    });
  });
  after(() => h.dispose());

  const make = async (by: Person, conversation: string, name = 'Builds'): Promise<Body> => {
    const { status, body, text } = await by.ask('POST', `/conversations/${conversation}/hooks`, { name });
    assert.equal(status, 201, text);
    return body;
  };
  const pathOf = (hook: Body) => new URL(hook.url).pathname;
  const post = (hook: Body, body: unknown, headers: Record<string, string> = {}) =>
    h.nobody.ask('POST', pathOf(hook), body, headers);
  const remove = (by: Person, hook: Body) =>
    by.ask('DELETE', `/conversations/${hook.conversation}/hooks/${hook.id}`);
  const history = async (who: Person, conversation: string): Promise<Body[]> =>
    (await who.ask('GET', `/messages/${conversation}?limit=200`)).body.events;

  it('post into a group in the name of a bot of their own', async () => {
    const hook = await make(h.admin, h.group);
    assert.match(hook.url, /^https:\/\/chat\.example\.org\/hooks\/[0-9a-f-]{36}\/[A-Za-z0-9_-]{43}$/);
    const { status, body } = await post(hook, { text: 'Build 12 is green' });
    assert.equal(status, 201);
    const message = (await history(h.member, h.group)).at(-1);
    assert.deepEqual(message.content, { type: 'text', text: 'Build 12 is green' });
    assert.equal(message.seq, body.seq);
    assert.equal(message.sender.user, hook.speaker);
    const profile = (await h.member.ask('GET', `/users/${hook.speaker}`)).body;
    assert.equal(profile.name, 'Builds');
    assert.equal((await h.member.ask('GET', `/conversations/${h.group}/members`)).body.members.length, 4);
    await remove(h.owner, hook);
  });

  it('post content of any kind, with mentions of members and answers', async () => {
    const hook = await make(h.owner, h.group);
    const asked = await h.say(h.member, h.group, 'is it green?');
    const content = { type: 'build.result', green: true, text: 'green' };
    const { status } = await post(hook, { content, mentions: [h.member.id], reply_to: asked.seq });
    assert.equal(status, 201);
    const message = (await history(h.member, h.group)).at(-1);
    assert.deepEqual(message.content, content);
    assert.deepEqual(message.mentions, [h.member.id]);
    assert.equal(message.reply_to, asked.seq);
    await remove(h.owner, hook);
  });

  it('take what senders for Slack send', async () => {
    const hook = await make(h.owner, h.group);
    const sent = [
      { text: 'disk is full', username: 'alert', icon_emoji: ':fire:', channel: '#ops' },
      {
        text: 'Firing',
        attachments: [{ fallback: 'x', title: 'CPU', title_link: 'https://g/1', text: '97 %' }],
      },
      { attachments: [{ fallback: 'only this' }], blocks: [{ type: 'section' }] },
    ];
    for (const body of sent) assert.equal((await post(hook, body)).status, 201);
    const texts = (await history(h.member, h.group)).slice(-3).map(({ content }) => content.text);
    assert.deepEqual(texts, ['disk is full', 'Firing\nCPU\nhttps://g/1\n97 %', 'only this']);
    await remove(h.owner, hook);
  });

  it('post once under one key, whatever is sent under it, and are answered with the first result', async () => {
    const hook = await make(h.owner, h.group);
    const other = await make(h.owner, h.group);
    const key = { 'idempotency-key': 'deploy-4711' };
    const first = await post(hook, { text: 'one' }, key);
    const again = await Promise.all([post(hook, { text: 'one' }, key), post(hook, { text: 'two' }, key)]);
    for (const answer of again) assert.deepEqual(answer.body, first.body);
    // A key is the hook's own.
    assert.notEqual((await post(other, { text: 'one' }, key)).body.seq, first.body.seq);
    assert.notEqual((await post(hook, { text: 'one' })).body.seq, first.body.seq);
    for (const bad of ['with space', 'x'.repeat(256), 'ü'])
      assert.equal((await post(hook, { text: 'x' }, { 'idempotency-key': bad })).body.code, 'bad_request');
    for (const made of [hook, other]) await remove(h.owner, made);
  });

  it('refuse what is no message, and say why', async () => {
    const hook = await make(h.owner, h.group);
    const refused: [unknown, string][] = [
      [{}, 'bad_request'],
      [{ text: '' }, 'bad_request'],
      [{ text: 'x', content: { type: 'text', text: 'x' } }, 'bad_request'],
      [{ text: 'x', unknown: 1 }, 'bad_request'],
      [{ content: { type: 'buttons', text: 'x', rows: [] } }, 'bad_request'],
      [{ text: 'x', mentions: ['nobody'] }, 'bad_request'],
      [{ text: 'x', reply_to: 100_000 }, 'message_not_found'],
      ['not json', 'bad_json'],
      [{ text: 'ü'.repeat(40_000) }, 'too_large'],
    ];
    for (const [body, code] of refused) {
      const answer = await post(hook, body);
      assert.equal(answer.body.code, code, JSON.stringify(body).slice(0, 80));
    }
    await remove(h.owner, hook);
  });

  it('are to others as if they were not there, whatever part of the secret is known', async () => {
    const hook = await make(h.owner, h.group);
    const [, , id, secret] = pathOf(hook).split('/') as [string, string, string, string];
    const changed = `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`;
    const other = await make(h.owner, h.group);
    for (const path of [
      `/hooks/${id}/${changed}`,
      `/hooks/${other.id}/${secret}`,
      `/hooks/01890000-0000-7000-8000-000000000001/${secret}`,
    ])
      assert.equal((await h.nobody.ask('POST', path, { text: 'x' })).body.code, 'not_found');
    // Neither is it shown again, nor written down anywhere.
    const list = await h.owner.ask('GET', `/conversations/${h.group}/hooks`);
    assert.equal(list.body.hooks.length, 2);
    assert.ok(!list.text.includes(secret));
    assert.ok(!h.stage.lines.join('\n').includes(secret));
    for (const made of [hook, other]) await remove(h.owner, made);
  });

  it('have a new secret when it is asked for, and the old one stops', async () => {
    const hook = await make(h.owner, h.group);
    const path = `/conversations/${h.group}/hooks/${hook.id}/secret`;
    const rotated = (await h.admin.ask('POST', path)).body;
    assert.equal((await post(hook, { text: 'x' })).body.code, 'not_found');
    assert.equal((await post(rotated, { text: 'x' })).status, 201);
    await remove(h.owner, rotated);
  });

  it('stop when they are removed, and when their bot is', async () => {
    const hook = await make(h.owner, h.group);
    assert.equal((await remove(h.admin, hook)).status, 204);
    assert.equal((await post(hook, { text: 'x' })).body.code, 'not_found');
    const members = (await h.owner.ask('GET', `/conversations/${h.group}/members`)).body.members;
    assert.ok(!members.some(({ user }: Body) => user === hook.speaker));
    assert.equal((await remove(h.admin, hook)).body.code, 'not_found');

    const second = await make(h.owner, h.group);
    await h.admin.ask('POST', `/groups/${h.group}/remove`, { users: [second.speaker] });
    assert.equal((await post(second, { text: 'x' })).body.code, 'not_a_member');
    assert.equal((await remove(h.owner, second)).status, 204);

    const third = await make(h.owner, h.group);
    await h.owner.ask('PATCH', `/bots/${third.speaker}`, { paused: true });
    assert.equal((await post(third, { text: 'x' })).body.code, 'bot_paused');
    await remove(h.owner, third);
  });

  it('post between two people in the name of the one who made them, as far as that one may', async () => {
    const hook = await make(h.member, h.direct, 'Kettle');
    assert.equal(hook.speaker, h.member.id);
    assert.equal((await post(hook, { text: 'tea is ready' })).status, 201);
    assert.equal((await history(h.owner, h.direct)).at(-1).sender.user, h.member.id);
    // The other of the two neither sees nor removes it.
    assert.deepEqual((await h.owner.ask('GET', `/conversations/${h.direct}/hooks`)).body.hooks, []);
    assert.equal((await remove(h.owner, hook)).body.code, 'not_found');
    await h.owner.ask('PUT', `/blocks/${h.member.id}`);
    assert.equal((await post(hook, { text: 'more tea' })).body.code, 'blocked');
    await h.owner.ask('DELETE', `/blocks/${h.member.id}`);
    assert.equal((await remove(h.member, hook)).status, 204);
  });

  it('are not for everybody to make, see, change or remove', async () => {
    const hook = await make(h.owner, h.group);
    const id = hook.id;
    const bot = await h.bot(h.owner, 'helper', { scopes: ['messages.read', 'groups'], inGroup: true });
    const asked: [string, string, unknown?][] = [
      ['POST', '', { name: 'x' }],
      ['GET', ''],
      ['POST', `/${id}/secret`],
      ['DELETE', `/${id}`],
    ];
    for (const [method, path, body] of asked) {
      const of = async (who: Person, conversation: string) =>
        (await who.ask(method, `/conversations/${conversation}/hooks${path}`, body)).body.code;
      assert.equal(await of(h.nobody, h.group), 'unauthenticated');
      assert.equal(await of(h.member, h.group), 'not_an_admin');
      assert.equal(await of(h.stranger, h.group), 'not_a_member');
      assert.equal(await of(h.stranger, h.direct), 'conversation_not_found');
      assert.equal(await of(h.stranger, '01890000-0000-7000-8000-000000000001'), 'conversation_not_found');
      assert.equal(await of(bot, h.group), 'forbidden');
      if (path !== '') {
        // Of another conversation that one looks after.
        const made = await h.stranger.ask('POST', '/groups/create', { name: 'Mine', members: [] });
        assert.equal(await of(h.stranger, made.body.conversation), 'not_found');
      }
    }
    assert.equal((await post(hook, { text: 'still here' })).status, 201);
    await remove(h.owner, hook);
  });

  it('are few a conversation, and leave no bot behind where there is no room', async () => {
    const hooks = [];
    for (let i = 0; i < 4; i++) hooks.push(await make(h.owner, h.group));
    const before = (await h.owner.ask('GET', `/conversations/${h.group}/members`)).body.members.length;
    const refused = await h.owner.ask('POST', `/conversations/${h.group}/hooks`, { name: 'x' });
    assert.equal(refused.body.code, 'list_full');
    const after = (await h.owner.ask('GET', `/conversations/${h.group}/members`)).body.members.length;
    assert.equal(after, before);
    for (const hook of hooks) await remove(h.owner, hook);
  });

  it('have a rate of their own, which nobody uses up without the secret', async () => {
    const hook = await make(h.owner, h.group);
    const [, , id] = pathOf(hook).split('/');
    for (let i = 0; i < 40; i++) await h.nobody.ask('POST', `/hooks/${id}/${'A'.repeat(43)}`, { text: 'x' });
    let taken = 0;
    let answer = await post(hook, { text: 'x' });
    for (; answer.status === 201 && taken < 100; answer = await post(hook, { text: 'x' })) taken++;
    assert.ok(taken >= 30 && taken < 40, String(taken));
    assert.equal(answer.body.code, 'rate_limited');
    assert.ok(Number(answer.headers['retry-after']) > 0);
    h.clock.forward(60_000);
    assert.equal((await post(hook, { text: 'x' })).status, 201);
    await remove(h.owner, hook);
  });
});
