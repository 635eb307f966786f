import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type MailHouse, mailHouse } from './fixtures/house.ts';

const HOUR_MS = 3_600_000;

let h: MailHouse;
beforeEach(async () => {
  h = await mailHouse();
});
afterEach(() => h.dispose());

describe('digests', () => {
  beforeEach(async () => {
    await h.verified(h.ann, 'ann@example.org');
    await h.ann.ask('PATCH', '/notifications', { digest_hours: 2 });
  });
  const digests = () =>
    h.receiver.got.filter(({ headers }) => headers.get('list-id') === '<digests.example.net>');

  it('tell of what is unread after a while, once a while, and not of what was read', async () => {
    await h.say(h.ben, h.ann, 'hello <b>there</b>');
    await h.look();
    assert.equal(digests().length, 0, 'too early');
    h.clock.forward(2 * HOUR_MS);
    await h.look();
    const mail = await h.mailTo('ann@example.org', 2);
    assert.equal(mail.headers.get('subject'), 'One unread message');
    assert.match(mail.text, /\u2068?ben\u2069? · one message/);
    assert.match(mail.text, /hello <b>there<\/b>/);
    assert.match(mail.html, /hello &lt;b&gt;there&lt;\/b&gt;/);
    // The same is not told again.
    h.clock.forward(5 * HOUR_MS);
    await h.look();
    assert.equal(digests().length, 1);
    const { seq, conversation } = await h.say(h.ben, h.ann, 'more');
    await h.look();
    await h.ann.ask('POST', `/conversations/${conversation}/read`, { seq });
    h.clock.forward(3 * HOUR_MS);
    await h.look();
    assert.equal(digests().length, 1);
  });

  it('show what the settings of notifications let them, and nothing of what is muted', async () => {
    const secret = 'the meeting place';
    const { conversation } = await h.say(h.ben, h.ann, secret);
    for (const [show, seen] of [
      ['content', [true, true]],
      ['sender', [false, true]],
      ['nothing', [false, false]],
    ] as const) {
      await h.ann.ask('PATCH', '/notifications', { show });
      const before = digests().length;
      await h.say(h.ben, h.ann, secret);
      h.clock.forward(3 * HOUR_MS);
      await h.look();
      assert.equal(digests().length, before + 1, show);
      const { raw, text, html } = digests().at(-1)!;
      const all = raw + text + html;
      assert.deepEqual([all.includes(secret), /\bben\b/.test(text)], seen, show);
    }
    await h.ann.ask('PATCH', `/conversations/${conversation}/preferences`, {
      muted_until: h.clock.now() + 1e9,
    });
    await h.say(h.ben, h.ann, secret);
    h.clock.forward(3 * HOUR_MS);
    const before = digests().length;
    await h.look();
    assert.equal(digests().length, before);
  });

  it('never have what may be encrypted, or is to disappear', async () => {
    await h.content(h.ben, h.ann, { type: 'org.example.sealed', text: 'ciphertext-or-worse' });
    h.clock.forward(3 * HOUR_MS);
    await h.look();
    assert.equal(digests().length, 1);
    assert.doesNotMatch(digests()[0]!.text, /ciphertext-or-worse/);
    const { conversation } = await h.say(h.ben, h.ann, 'ordinary');
    await h.ben.ask('PUT', `/conversations/${conversation}/timer`, { seconds: 604_800 });
    await h.say(h.ben, h.ann, 'soon gone');
    h.clock.forward(3 * HOUR_MS);
    await h.look();
    const { text } = digests()[1]!;
    assert.match(text, /ordinary/);
    assert.doesNotMatch(text, /soon gone/);
  });
});
