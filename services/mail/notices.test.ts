import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { accountOf } from './fixtures/account.ts';
import { type MailHouse, mailHouse } from './fixtures/house.ts';

let h: MailHouse;
beforeEach(async () => {
  h = await mailHouse();
});
afterEach(() => h.dispose());

describe('notices', () => {
  it('tell of a new device, once, with a way to stop them by one press', async () => {
    await h.deviceAdded(h.ann);
    await h.verified(h.ann, 'ann@example.org');
    await h.deviceAdded(h.ann, 'Phone\r\nBcc: all@example.org https://evil.example/');
    const mail = await h.mailTo('ann@example.org', 2);
    assert.equal(mail.headers.get('subject'), 'A new device signed in');
    assert.deepEqual(mail.to, ['ann@example.org']);
    assert.equal(mail.headers.has('bcc'), false);
    assert.match(mail.text, /Network: \u2068203\.0\.113\.x\u2069/);
    assert.doesNotMatch(mail.html, /evil\.example/);
    assert.equal(mail.headers.get('list-id'), '<notices.example.net>');
    assert.equal(mail.headers.get('list-unsubscribe-post'), 'List-Unsubscribe=One-Click');
    const url = new URL(/<(.*)>/.exec(mail.headers.get('list-unsubscribe')!)![1]!);
    assert.equal(url.origin, 'https://chat.example.net');

    const page = await h.nobody.ask('GET', url.pathname);
    assert.match(page.text, /about new devices/);
    assert.equal((await accountOf(h.ann)).notices, true);
    const boundary = 'x';
    const pressed = await h.stage.app.inject({
      ...{ method: 'POST', url: url.pathname },
      payload: `--${boundary}\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--${boundary}--\r\n`,
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    });
    assert.equal(pressed.statusCode, 200);
    const { notices, digests } = await accountOf(h.ann);
    assert.deepEqual([notices, digests], [false, true]);
    await h.deviceAdded(h.ann);
    await h.settled();
    assert.equal(h.receiver.got.length, 2);
    const forged = `${url.pathname.slice(0, -4)}AAAA`;
    assert.equal((await h.nobody.ask('POST', forged)).body.code, 'link_invalid');
  });

  it('are written in the language that somebody chose', async () => {
    await h.verified(h.ann, 'ann@example.org');
    await h.ann.ask('PATCH', '/account/email', { language: 'ar' });
    await h.deviceAdded(h.ann);
    const mail = await h.mailTo('ann@example.org', 2);
    assert.equal(mail.headers.get('subject'), 'سجّل جهاز جديد الدخول');
    assert.match(mail.html, /<html lang="ar" dir="rtl">/);
  });
});
