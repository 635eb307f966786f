import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Need } from '../../../protocol/needs.ts';
import type { Scope } from '../../../protocol/scopes.ts';
import { actorOf, refusedWith, type TemporaryAccounts, temporaryAccounts } from '../temporary.ts';

describe('bots', () => {
  let t: TemporaryAccounts;
  let made = 0;
  before(async () => {
    t = await temporaryAccounts();
  });
  after(() => t.dispose());
  const person = async () => actorOf(await t.register(`person-${++made}`));
  const make = (by: string, scopes: Scope[] = [], groups = false) =>
    t.accounts.createBot(by, { username: `bot-${++made}`, name: null, scopes, groups });
  const check = async (bot: string, need: Need) => t.accounts.bots.check(bot, need);

  it('come in by their token, over MQTT and HTTP, and people do not over HTTP', async () => {
    const ann = await t.register(`person-${++made}`);
    const { user, device, token, expiresAt } = await make(ann.user.id);
    assert.equal(expiresAt, t.clock.time + 365 * 86_400_000);
    const who = { user: user.id, device: device.id, admin: false, bot: true, expiresAt };
    assert.deepEqual(await t.accounts.authenticateDevice(user.id, device.id, token), who);
    assert.deepEqual(await t.accounts.authenticateBearer(token), who);
    await assert.rejects(t.accounts.authenticateBearer(ann.deviceToken), refusedWith('unauthenticated'));
    await assert.rejects(t.login(user.username, token), refusedWith('bad_credentials'));
  });

  it('may do what their scopes say, and nothing else, from the moment that they are changed', async () => {
    const ann = await person();
    const { id } = (await make(ann.user, ['messages.send', 'typing'])).user;
    await check(id, 'none');
    await check(id, ['messages.send']);
    await check(id, ['messages.read', 'typing']);
    await assert.rejects(check(id, ['messages.read']), refusedWith('scope_missing'));
    await assert.rejects(check(id, []), refusedWith('scope_missing'));
    await assert.rejects(check(id, 'never'), refusedWith('forbidden'));
    await t.accounts.updateBot(ann, id, { scopes: ['messages.read'] });
    await check(id, ['messages.read']);
    await assert.rejects(check(id, ['messages.send']), refusedWith('scope_missing'));
    await t.accounts.updateBot(ann, id, { paused: true });
    await assert.rejects(check(id, 'none'), refusedWith('bot_paused'));
  });

  it('are nobody’s to allow anything to who is no bot, and people are not asked', async () => {
    const ann = await person();
    await assert.rejects(check(ann.user, 'none'), refusedWith('forbidden'));
    await t.accounts.bots.checkAny(ann.user, 'never');
    const { id } = (await make(ann.user)).user;
    await assert.rejects(async () => t.accounts.bots.checkAny(id, ['open']), refusedWith('scope_missing'));
  });

  it('can still do what is not known to have been taken from them', async () => {
    const ann = await person();
    const { id } = (await make(ann.user)).user;
    assert.equal(t.accounts.bots.mayStill(id, ['open']), true, 'nothing is known here');
    await check(id, 'none');
    assert.equal(t.accounts.bots.mayStill(id, ['open']), false);
  });

  it('are for people to make, and as many as there may be', async () => {
    const ann = await person();
    const [first] = [await make(ann.user), await make(ann.user), await make(ann.user)];
    await assert.rejects(make(ann.user), refusedWith('too_many_bots'));
    await assert.rejects(make(first.user.id), refusedWith('forbidden'));
    await t.accounts.deleteBot(ann, first.user.id);
    await make(ann.user);
    await t.accounts.grantAdmin((await t.store.user(ann.user))!.username);
    await make(ann.user);
  });

  it('are not made administrators', async () => {
    const { user } = await make((await person()).user);
    await assert.rejects(t.accounts.grantAdmin(user.username), refusedWith('forbidden'));
    assert.equal((await t.store.user(user.id))?.admin, false);
  });

  it('are to be added to groups where they say so; people always', async () => {
    const ann = await person();
    const [shy, open] = [await make(ann.user), await make(ann.user, [], true)];
    const { relations } = t.accounts;
    assert.equal(await relations.forGroups?.(shy.user.id), false);
    assert.equal(await relations.forGroups?.(open.user.id), true);
    assert.equal(await relations.forGroups?.(ann.user), true);
    await t.accounts.updateBot(ann, open.user.id, { groups: false });
    assert.equal(await relations.forGroups?.(open.user.id), false);
  });

  it('that are deleted exist for nobody, and have no token', async () => {
    const ann = await person();
    const { user, device, token } = await make(ann.user);
    assert.equal(await t.accounts.relations.exists(user.id), true);
    await t.accounts.deleteBot(ann, user.id);
    assert.equal(await t.accounts.relations.exists(user.id), false);
    await assert.rejects(t.accounts.authenticateDevice(user.id, device.id, token), refusedWith('forbidden'));
    assert.notEqual((await t.store.device(device.id))?.revokedAt, null);
    await assert.rejects(t.accounts.rotateBotToken(ann.user, user.id, false), refusedWith('not_found'));
  });

  it('have one token after two were asked for at once', async () => {
    const ann = await person();
    const { user } = await make(ann.user);
    const both = await Promise.all([1, 2].map(() => t.accounts.rotateBotToken(ann.user, user.id, false)));
    const left = await t.store.devices(user.id);
    assert.equal(left.length, 1);
    assert.ok(both.some(({ device }) => device.id === left[0]!.id));
  });

  it('tell nobody their token: not in the events of their changes', async () => {
    const ann = await person();
    const { user, token } = await make(ann.user, ['open']);
    await t.accounts.updateBot(ann, user.id, { scopes: [] });
    const events = await t.history.read(user.id, 0, 100, 1_000_000);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['bot.updated'],
    );
    assert.ok(!JSON.stringify(events).includes(token));
  });
});
