import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { PASSWORD } from '../gateway/fixtures/person.ts';
import { putAddress } from './fixtures/account.ts';
import { type MailHouse, mailHouse } from './fixtures/house.ts';

const NEXT = 'another horse, another battery';

let h: MailHouse;
beforeEach(async () => {
  h = await mailHouse();
});
afterEach(() => h.dispose());

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
    await putAddress(h.ben, 'ben@example.org');
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
