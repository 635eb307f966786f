import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Body } from '../gateway/fixtures/answer.ts';
import { PASSWORD } from '../gateway/fixtures/person.ts';
import { putAddress } from './fixtures/account.ts';
import { type MailHouse, mailHouse } from './fixtures/house.ts';

const HOUR_MS = 3_600_000;

describe('the outbox of mail', () => {
  let h: MailHouse;
  beforeEach(async () => {
    h = await mailHouse();
  });
  afterEach(() => h.dispose());

  it('keeps what the server does not take for now, and sends it under the same Message-ID', async () => {
    h.receiver.refuseData = () => 451;
    await putAddress(h.ann, 'ann@example.org');
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
    await putAddress(h.ann, 'ann@example.org');
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
      h.nobody.ask('POST', '/password/reset/confirm', {
        token: 'x'.repeat(43),
        new_password: 'another horse, another battery',
      }),
      h.nobody.ask('GET', `/mail/reset/${'x'.repeat(43)}`),
    ];
    for (const answer of await Promise.all(asked)) assert.equal(answer.body.code, 'mail_not_configured');
    const { mail, email } = (await h.ann.ask('GET', '/account')).body;
    assert.deepEqual([mail, email], [false, null]);
    await h.dispose();
  });
});
