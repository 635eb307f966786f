/** By which ways members are reached, and what becomes of what nobody takes: the services behind the gateway, on a fake vendor. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { register } from '../gateway/fixtures/person.ts';
import type { House } from '../webhooks/fixtures/house.ts';
import { browser, markIn, pushHouse, put, reach, statusOf } from './fixtures/away.ts';
import type { FakeVendor } from './fixtures/fake-vendor.ts';

describe('members who are away, by the routes that they have', () => {
  let home: House;
  let vendor: FakeVendor;
  let pushing: { stop(): Promise<void> };
  beforeEach(async () => {
    home = await pushHouse();
    vendor = home.stage.vendor;
    pushing = await home.stage.push();
  });
  afterEach(async () => {
    await pushing.stop();
    await home.dispose();
  });

  const mark = () => markIn(home);

  it('are reached by the next route when one is dead, which is forgotten, or does not answer', async () => {
    const { owner, member } = home;
    const [dead, second, third] = [browser('dead.example.org'), browser('slow.example.org'), browser()];
    const answer = await put(member, { routes: [dead, second, third] });
    assert.equal(answer.status, 200, answer.text);
    vendor.answer = ({ target }) => {
      const { endpoint } = target as { endpoint: string };
      if (endpoint === dead.endpoint) return { outcome: 'unregistered' };
      if (endpoint === second.endpoint) return { outcome: 'retry', afterMs: null, reason: 'busy' };
      return { outcome: 'accepted' };
    };
    await home.say(owner, home.group, 'x');
    await vendor.until(() => vendor.sent.length === 3);
    assert.deepEqual(
      vendor.sent.map(({ target }) => (target as { endpoint: string }).endpoint),
      [dead, second, third].map(({ endpoint }) => endpoint),
    );
    await mark();
    const { body } = await member.ask('GET', `/devices/${member.device}/push`);
    assert.equal(body.routes.length, 2);
    assert.equal(body.last.outcome, 'pushed');
  });

  it('are tried again later when nobody takes it; refused for good it is failed, with why', async () => {
    const { owner, member, clock } = home;
    await reach(member);
    vendor.answer = () => ({ outcome: 'retry', afterMs: 120_000, reason: 'overloaded' });
    const said = await home.say(owner, home.group, 'x');
    await vendor.until(() => vendor.sent.length === 1);
    vendor.answer = () => ({ outcome: 'accepted' });
    await mark();
    assert.equal(vendor.to(member.device).length, 1, 'before the time that was asked for');
    clock.forward(125_000);
    await vendor.until(() => vendor.to(member.device).length === 2);
    await mark();
    assert.equal((await statusOf(owner, said.id, member)).push.outcome, 'pushed');
    vendor.answer = ({ notification }) =>
      notification.device === member.device
        ? { outcome: 'rejected', reason: 'bad_topic' }
        : { outcome: 'accepted' };
    const refused = await home.say(owner, home.group, 'y');
    await vendor.until(() => vendor.to(member.device).length === 3);
    await mark();
    const { push } = await statusOf(owner, refused.id, member);
    assert.deepEqual([push.outcome, push.reason], ['failed', 'bad_topic']);
  });

  it('are not told twice when it is not known whether they were', async () => {
    const { owner, member, clock } = home;
    await reach(member);
    vendor.answer = () => Promise.reject(new Error('https://push.example.org/secret'));
    const said = await home.say(owner, home.group, 'x');
    await vendor.until(() => vendor.sent.length === 1);
    vendor.answer = () => ({ outcome: 'accepted' });
    clock.forward(3_600_000);
    await mark();
    assert.equal(vendor.to(member.device).length, 1);
    assert.equal((await statusOf(owner, said.id, member)).push.outcome, 'unknown');
    assert.ok(!home.stage.lines.join('').includes('push.example.org'), 'an endpoint was logged');
  });

  it('get a test when they ask for one, not too often', async () => {
    const { member, owner } = home;
    const test = () => member.ask('POST', `/devices/${member.device}/push/test`);
    assert.equal((await test()).status, 404);
    await reach(member);
    assert.equal((await test()).status, 202);
    await vendor.until(() => vendor.sent.length === 1);
    assert.equal(vendor.sent[0]!.notification.kind, 'test');
    assert.equal((await test()).status, 429);
    home.clock.forward(5_000);
    assert.equal((await test()).status, 202);
    assert.equal((await owner.ask('POST', `/devices/${member.device}/push/test`)).status, 404);
  });

  it('register for themselves alone, what can be reached, at addresses that may be asked', async () => {
    const { member, owner, nobody, stage } = home;
    const refused = async (body: object, code: string) => {
      const answer = await put(member, body);
      assert.equal(answer.body.code, code, answer.text);
      assert.ok(!answer.text.includes('hunter2'));
    };
    const good = browser();
    await refused({ routes: [] }, 'bad_request');
    await refused({ routes: [{ ...good, endpoint: 'http://push.example.org/x' }] }, 'bad_request');
    for (const host of ['127.0.0.1', '10.1.2.3', '[::1]', '169.254.169.254', 'user:hunter2@push.example.org'])
      await refused({ routes: [browser(host)] }, 'bad_request');
    await refused({ routes: [{ kind: 'fcm', token: 'x'.repeat(100) }] }, 'bad_request');
    await refused({ routes: [{ kind: 'carrier.pigeon', token: 'x'.repeat(100) }] }, 'bad_request');
    await refused({ routes: [{ ...good, p256dh: `A${good.p256dh.slice(1)}` }] }, 'bad_request');
    await refused(
      { routes: [{ kind: 'unifiedpush', endpoint: good.endpoint, auth: good.auth }] },
      'bad_request',
    );
    await refused({ routes: [good, good] }, 'bad_request');
    await refused({ routes: [good], key: 'x' }, 'bad_request');
    await refused({ routes: [good], key: Buffer.alloc(32).toString('base64') }, 'bad_request');
    await refused({ routes: Array.from({ length: 5 }, () => browser()) }, 'list_full');
    const unknown = await nobody.ask('PUT', `/devices/${member.device}/push`, { routes: [good] });
    assert.equal(unknown.status, 401);
    const other = await owner.ask('PUT', `/devices/${member.device}/push`, { routes: [good] });
    assert.equal(other.body.code, 'forbidden');
    assert.equal((await owner.ask('GET', `/devices/${member.device}/push`)).status, 404);
    assert.equal((await owner.ask('DELETE', `/devices/${member.device}/push`)).status, 404);
    assert.equal((await put(member, { routes: [good] })).status, 200);
    assert.ok(!(await member.ask('GET', `/devices/${member.device}/push`)).text.includes(good.endpoint));
    assert.ok(!stage.lines.join('').includes('push.example.org'), 'an endpoint was logged');
    assert.equal((await member.ask('DELETE', `/devices/${member.device}/push`)).status, 204);
    await home.say(owner, home.group, 'nobody');
    await mark();
    assert.deepEqual(vendor.to(member.device), []);
  });

  it('whose device was signed out, or is somebody else’s now, are told nothing of it', async () => {
    const { owner, member, stage } = home;
    const phone = browser();
    await put(member, { routes: [phone] });
    const next = await register(stage.app, 'next');
    await owner.ask('POST', `/groups/${home.group}/add`, { users: [next.id] });
    assert.equal((await put(next, { routes: [phone] })).status, 200);
    const said = await home.say(owner, home.group, 'x');
    await vendor.until(() => vendor.to(next.device).some(({ seq }) => seq === said.seq));
    await mark();
    assert.deepEqual(vendor.to(member.device), []);
    await next.ask('DELETE', `/devices/${next.device}`);
    const before = vendor.to(next.device).length;
    await home.say(owner, home.group, 'y');
    await mark();
    assert.equal(vendor.to(next.device).length, before);
  });
});
