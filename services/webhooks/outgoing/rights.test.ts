import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Body } from '../../gateway/fixtures/answer.ts';
import type { Person } from '../../gateway/fixtures/person.ts';
import type { House } from '../fixtures/house.ts';
import { Outgoing } from '../fixtures/outgoing.ts';
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

    const webhook = await outgoing.register(h.admin, { conversation: h.group });
    await outgoing.register(bot, { conversation: h.group });
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
