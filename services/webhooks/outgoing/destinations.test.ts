import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { house } from '../fixtures/house.ts';
import { Receiver } from '../fixtures/receiver.ts';

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
