import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { accountOf, putAddress } from './fixtures/account.ts';
import { type MailHouse, mailHouse } from './fixtures/house.ts';

let h: MailHouse;
beforeEach(async () => {
  h = await mailHouse();
});
afterEach(() => h.dispose());

describe('addresses', () => {
  it('are verified by a link, once, and until then get nothing but that', async () => {
    const asked = await putAddress(h.ann, ' Ann@EXAMPLE.org ');
    assert.equal(asked.status, 202);
    assert.deepEqual([asked.body.email, asked.body.pending], [null, 'Ann@example.org']);
    const mail = await h.mailTo('Ann@example.org');
    assert.equal(mail.headers.get('subject'), 'Confirm your mail address');
    assert.equal(mail.headers.has('list-unsubscribe'), false);
    assert.match(mail.text, /\u2068ann\u2069/);

    await h.forgets('ann');
    const token = h.linkIn(mail, 'verify');
    // What looks through mails opens links, and does nothing by it.
    const page = await h.nobody.ask('GET', `/mail/verify/${token}`);
    assert.match(page.text, /<form method="post">/);
    assert.equal((await accountOf(h.ann)).email, null);
    const wrong = await h.nobody.ask('POST', '/account/email/verify', { token: `${token.slice(0, -2)}xx` });
    assert.equal(wrong.body.code, 'link_invalid');
    assert.equal((await h.nobody.ask('POST', '/account/email/verify', { token })).status, 204);
    const verified = await accountOf(h.ann);
    assert.deepEqual([verified.email, verified.pending, verified.mail], ['Ann@example.org', null, true]);
    const again = await h.nobody.ask('POST', '/account/email/verify', { token });
    assert.equal(again.body.code, 'link_invalid');
    assert.equal(h.receiver.got.length, 1);
  });

  it('need the password, and a form of an address', async () => {
    assert.equal((await putAddress(h.ann, 'ann@example.org', 'wrong one here')).body.code, 'bad_credentials');
    for (const bad of [
      'ann',
      'ann@',
      'a@localhost',
      'a b@example.org',
      'a@example.org\r\nBcc: x@y.z',
      'a@1.2.3.4',
    ])
      assert.equal((await putAddress(h.ann, bad)).body.code, 'bad_request', bad);
  });

  it('are of one account: which learns who has verified it, and nobody who has not', async () => {
    await h.verified(h.ann, 'shared@example.org');
    const asked = await putAddress(h.ben, 'SHARED@example.org');
    assert.equal(asked.status, 202);
    const mail = await h.mailTo('SHARED@example.org');
    const answer = await h.nobody.ask('POST', '/account/email/verify', { token: h.linkIn(mail, 'verify') });
    assert.equal(answer.body.code, 'email_taken');
    assert.equal((await accountOf(h.ben)).email, null);
  });

  it('stay until the next one is verified, and are told that they are not any more', async () => {
    await h.verified(h.ann, 'old@example.org');
    await putAddress(h.ann, 'new@example.org');
    const mail = await h.mailTo('new@example.org');
    assert.deepEqual(
      [(await accountOf(h.ann)).email, (await accountOf(h.ann)).pending],
      ['old@example.org', 'new@example.org'],
    );
    await h.nobody.ask('POST', `/mail/verify/${h.linkIn(mail, 'verify')}`);
    assert.equal((await accountOf(h.ann)).email, 'new@example.org');
    const told = await h.mailTo('old@example.org', 2);
    assert.match(told.text, /another one took its place/);
    assert.equal((await h.ann.ask('DELETE', '/account/email')).status, 204);
    assert.match((await h.mailTo('new@example.org', 2)).text, /was removed from the account/);
    assert.equal((await accountOf(h.ann)).email, null);
  });

  it('are not written to without end, by whoever asks', async () => {
    for (let i = 0; i < 3; i++) assert.equal((await putAddress(h.ann, 'victim@example.org')).status, 202);
    const refused = await putAddress(h.ben, 'victim@example.org');
    assert.equal(refused.body.code, 'rate_limited');
    assert.ok(refused.body.retry_after_ms > 0);
  });

  it('that refuse mails one after the other are written to no more, until they are verified anew', async () => {
    await h.verified(h.ann, 'gone@example.org');
    h.receiver.refuseRecipient = () => 550;
    for (let i = 0; i < 3; i++) {
      await h.deviceAdded(h.ann);
      await h.settled();
    }
    h.receiver.refuseRecipient = () => null;
    assert.equal((await accountOf(h.ann)).bouncing, true);
    await h.deviceAdded(h.ann);
    await h.settled();
    assert.equal(h.receiver.got.length, 1);
    await putAddress(h.ann, 'gone@example.org');
    const mail = await h.mailTo('gone@example.org', 2);
    await h.nobody.ask('POST', '/account/email/verify', { token: h.linkIn(mail, 'verify') });
    assert.equal((await accountOf(h.ann)).bouncing, false);
  });
});
