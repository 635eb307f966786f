import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Body, PASSWORD, type Person } from '../gateway/fixtures/person.ts';
import { type MailHouse, mailHouse } from './fixtures/house.ts';

const HOUR_MS = 3_600_000;
const NEXT = 'another horse, another battery';

describe('mail', () => {
  let h: MailHouse;
  beforeEach(async () => {
    h = await mailHouse();
  });
  afterEach(() => h.dispose());

  const address = async (who: Person): Promise<Body> => (await who.ask('GET', '/account')).body;
  const put = (who: Person, email: string, password = PASSWORD) =>
    who.ask('PUT', '/account/email', { email, password });

  describe('addresses', () => {
    it('are verified by a link, once, and until then get nothing but that', async () => {
      const asked = await put(h.ann, ' Ann@EXAMPLE.org ');
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
      assert.equal((await address(h.ann)).email, null);
      const wrong = await h.nobody.ask('POST', '/account/email/verify', { token: `${token.slice(0, -2)}xx` });
      assert.equal(wrong.body.code, 'link_invalid');
      assert.equal((await h.nobody.ask('POST', '/account/email/verify', { token })).status, 204);
      const verified = await address(h.ann);
      assert.deepEqual([verified.email, verified.pending, verified.mail], ['Ann@example.org', null, true]);
      const again = await h.nobody.ask('POST', '/account/email/verify', { token });
      assert.equal(again.body.code, 'link_invalid');
      assert.equal(h.receiver.got.length, 1);
    });

    it('need the password, and a form of an address', async () => {
      assert.equal((await put(h.ann, 'ann@example.org', 'wrong one here')).body.code, 'bad_credentials');
      for (const bad of [
        'ann',
        'ann@',
        'a@localhost',
        'a b@example.org',
        'a@example.org\r\nBcc: x@y.z',
        'a@1.2.3.4',
      ])
        assert.equal((await put(h.ann, bad)).body.code, 'bad_request', bad);
    });

    it('are of one account: which learns who has verified it, and nobody who has not', async () => {
      await h.verified(h.ann, 'shared@example.org');
      const asked = await put(h.ben, 'SHARED@example.org');
      assert.equal(asked.status, 202);
      const mail = await h.mailTo('SHARED@example.org');
      const answer = await h.nobody.ask('POST', '/account/email/verify', { token: h.linkIn(mail, 'verify') });
      assert.equal(answer.body.code, 'email_taken');
      assert.equal((await address(h.ben)).email, null);
    });

    it('stay until the next one is verified, and are told that they are not any more', async () => {
      await h.verified(h.ann, 'old@example.org');
      await put(h.ann, 'new@example.org');
      const mail = await h.mailTo('new@example.org');
      assert.deepEqual(
        [(await address(h.ann)).email, (await address(h.ann)).pending],
        ['old@example.org', 'new@example.org'],
      );
      await h.nobody.ask('POST', `/mail/verify/${h.linkIn(mail, 'verify')}`);
      assert.equal((await address(h.ann)).email, 'new@example.org');
      const told = await h.mailTo('old@example.org', 2);
      assert.match(told.text, /another one took its place/);
      assert.equal((await h.ann.ask('DELETE', '/account/email')).status, 204);
      assert.match((await h.mailTo('new@example.org', 2)).text, /was removed from the account/);
      assert.equal((await address(h.ann)).email, null);
    });

    it('are not written to without end, by whoever asks', async () => {
      for (let i = 0; i < 3; i++) assert.equal((await put(h.ann, 'victim@example.org')).status, 202);
      const refused = await put(h.ben, 'victim@example.org');
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
      assert.equal((await address(h.ann)).bouncing, true);
      await h.deviceAdded(h.ann);
      await h.settled();
      assert.equal(h.receiver.got.length, 1);
      await put(h.ann, 'gone@example.org');
      const mail = await h.mailTo('gone@example.org', 2);
      await h.nobody.ask('POST', '/account/email/verify', { token: h.linkIn(mail, 'verify') });
      assert.equal((await address(h.ann)).bouncing, false);
    });
  });

  describe('forgotten passwords', () => {
    const forgot = (body: object) => h.nobody.ask('POST', '/password/reset', body);
    const confirm = (token: string, new_password = NEXT) =>
      h.nobody.ask('POST', '/password/reset/confirm', { token, new_password });
    const login = (username: string, password: string) =>
      h.nobody.ask('POST', '/login', { username, password });

    it('are set anew by a link, once; every device is signed out, and the mailbox is told', async () => {
      await h.verified(h.ann, 'ann@example.org');
      assert.equal((await forgot({ username: 'ann' })).status, 202);
      const mail = await h.mailTo('ann@example.org', 2);
      assert.equal(mail.headers.has('list-unsubscribe'), false);
      const token = h.linkIn(mail, 'reset');
      // What is not good enough does not use the link up.
      assert.equal((await confirm(token, 'password1')).body.code, 'weak_password');
      assert.equal((await confirm(token)).status, 204);
      assert.equal((await h.ann.ask('GET', '/account')).body.code, 'device_revoked');
      assert.equal((await login('ann', PASSWORD)).body.code, 'bad_credentials');
      assert.equal((await login('ann', NEXT)).status, 200);
      assert.equal((await confirm(token, 'yet another horse')).body.code, 'link_invalid');
      assert.match((await h.mailTo('ann@example.org', 3)).text, /was set anew by a link/);
    });

    it('of which nothing is known are answered alike, and nothing is sent', async () => {
      await put(h.ben, 'ben@example.org');
      await h.mailTo('ben@example.org');
      const answers = [];
      for (const body of [
        { username: 'ann' },
        { username: 'nosuch' },
        { email: 'ben@example.org' },
        { email: 'x@example.org' },
      ])
        answers.push(await forgot(body));
      assert.deepEqual(new Set(answers.map(({ status, text }) => `${status} ${text}`)), new Set(['202 {}']));
      await h.settled();
      // Not to an address that is not verified either.
      assert.equal(h.receiver.got.length, 1);
      assert.equal((await forgot({})).body.code, 'bad_request');
      assert.equal((await forgot({ username: 'ann', email: 'a@example.org' })).body.code, 'bad_request');
    });

    it('are asked for a few times an hour, of any name', async () => {
      for (const username of ['ann', 'nosuch']) {
        for (let i = 0; i < 3; i++) assert.equal((await forgot({ username })).status, 202);
        assert.equal((await forgot({ username })).body.code, 'rate_limited', username);
      }
    });

    it('have links that are good for a while, of which the database has no more than a hash', async () => {
      await h.verified(h.ann, 'ann@example.org');
      await forgot({ email: 'ANN@example.org' });
      const token = h.linkIn(await h.mailTo('ann@example.org', 2), 'reset');
      assert.equal(h.everything().includes(token), false);
      h.clock.forward(30 * 60_000);
      assert.equal((await confirm(token)).body.code, 'link_invalid');
    });

    it('are set on a page that needs no script, in the language of the browser', async () => {
      await h.verified(h.ann, 'ann@example.org');
      await forgot({ username: 'ann' });
      const path = `/mail/reset/${h.linkIn(await h.mailTo('ann@example.org', 2), 'reset')}`;
      const page = await h.nobody.ask('GET', path, undefined, { 'accept-language': 'ar-EG,en' });
      assert.match(page.text, /<html lang="ar" dir="rtl">/);
      assert.match(String(page.headers['content-security-policy']), /form-action 'self'/);
      const send = (new_password: string) =>
        h.stage.app.inject({
          ...{ method: 'POST', url: path, payload: new URLSearchParams({ new_password }).toString() },
          headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
        });
      const weak = await send('short');
      assert.deepEqual([weak.statusCode, /too easy to guess/.test(weak.body)], [400, true]);
      const done = await send(NEXT);
      assert.deepEqual([done.statusCode, /Sign in with it/.test(done.body)], [200, true]);
      assert.equal((await login('ann', NEXT)).status, 200);
    });

    it('take no form where no page of ours sends one', async () => {
      const answer = await h.stage.app.inject({
        ...{ method: 'POST', url: '/password/reset', payload: 'username=ann' },
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      assert.equal(answer.statusCode, 400);
    });
  });

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
      assert.equal((await address(h.ann)).notices, true);
      const boundary = 'x';
      const pressed = await h.stage.app.inject({
        ...{ method: 'POST', url: url.pathname },
        payload: `--${boundary}\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--${boundary}--\r\n`,
        headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      });
      assert.equal(pressed.statusCode, 200);
      const { notices, digests } = await address(h.ann);
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

  describe('the outbox', () => {
    it('keeps what the server does not take for now, and sends it under the same Message-ID', async () => {
      h.receiver.refuseData = () => 451;
      await put(h.ann, 'ann@example.org');
      await h.settled();
      assert.equal(h.receiver.got.length, 0);
      assert.equal(h.waiting().length, 1);
      const [{ id }] = h.waiting() as [Body];
      h.receiver.refuseData = () => null;
      h.clock.forward(5 * 60_000);
      const mail = await h.mailTo('ann@example.org');
      assert.equal(mail.headers.get('message-id'), `<${id}@example.net>`);
    });

    it('gives up what nobody takes for too long', async () => {
      h.receiver.refuseData = () => 451;
      await put(h.ann, 'ann@example.org');
      await h.settled();
      h.clock.forward(25 * HOUR_MS);
      await h.settled();
      h.receiver.refuseData = () => null;
      h.clock.forward(25 * HOUR_MS);
      await h.settled();
      assert.deepEqual([h.receiver.got.length, h.waiting().length], [0, 0]);
    });

    it('is worked at by several, and each mail is sent by one', async () => {
      await h.anotherWorker();
      const people = Array.from({ length: 12 }, (_, i) => `p${i}@example.org`);
      for (const to of people)
        await h.stage.directory.mail.enqueue({
          ...{ id: randomUUID(), about: null, kind: 'address', user: h.ann.id },
          ...{ data: { address: to, what: 'removed' }, createdAt: h.clock.now() },
        });
      await h.receiver.until(() => h.receiver.got.length >= people.length);
      await h.settled();
      assert.deepEqual(h.receiver.got.map(({ to }) => to[0]).toSorted(), people.toSorted());
    });
  });
});

describe('a mailbox', () => {
  it('gets so many mails an hour, and the rest after that', async () => {
    const h = await mailHouse((config) => {
      config.mail.perRecipientHour = 2;
    });
    await h.verified(h.ann, 'ann@example.org');
    for (let i = 0; i < 3; i++) await h.deviceAdded(h.ann);
    await h.settled();
    assert.deepEqual([h.receiver.got.length, h.waiting().length], [2, 2]);
    h.clock.forward(HOUR_MS + 1);
    await h.receiver.until(() => h.receiver.got.length === 4);
    await h.dispose();
  });
});

describe('a server without mail', () => {
  it('says so, and does nothing of it', async () => {
    const h = await mailHouse((config) => {
      config.mail.url = '';
    });
    const asked = [
      h.ann.ask('PUT', '/account/email', { email: 'ann@example.org', password: PASSWORD }),
      h.ann.ask('PATCH', '/account/email', { notices: false }),
      h.ann.ask('DELETE', '/account/email'),
      h.nobody.ask('POST', '/password/reset', { username: 'ann' }),
      h.nobody.ask('POST', '/password/reset/confirm', { token: 'x'.repeat(43), new_password: NEXT }),
      h.nobody.ask('GET', `/mail/reset/${'x'.repeat(43)}`),
    ];
    for (const answer of await Promise.all(asked)) assert.equal(answer.body.code, 'mail_not_configured');
    const { mail, email } = (await h.ann.ask('GET', '/account')).body;
    assert.deepEqual([mail, email], [false, null]);
    await h.dispose();
  });
});
