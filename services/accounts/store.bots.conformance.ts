import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { Refused } from '../../protocol/errors.ts';
import type { Bot } from './store.bots.ts';
import { sampleUser } from './store.samples.ts';
import type { AccountStore, User } from './store.ts';

const refusedAs = (code: string) => (error: unknown) =>
  error instanceof Refused && error.refusal.code === code;

export function botsConformance(open: () => AccountStore): void {
  describe('bots', () => {
    const makeOwner = async () => {
      const owner = sampleUser();
      await open().createUser(owner, 'a hash', null);
      return owner.id;
    };
    const sample = (owner: string, fields: Partial<Bot> = {}): [User, Bot] => {
      const user = sampleUser({ kind: 'bot' });
      const bot: Bot = {
        ...{ user: user.id, owner, scopes: [], groups: false, paused: false, rate: null },
        ...{ createdAt: 1_795_000_000_000, deletedAt: null },
        ...fields,
      };
      return [user, bot];
    };
    const create = async (owner: string, fields: Partial<Bot> = {}) => {
      const [user, bot] = sample(owner, fields);
      await open().createBot(user, bot, null);
      return bot;
    };

    it('are users without a password, and give back what was stored', async () => {
      const owner = await makeOwner();
      const [user, full] = sample(owner, {
        scopes: ['messages.read', 'open'],
        groups: true,
        paused: true,
        rate: 7,
      });
      await open().createBot(user, full, 1);
      const empty = await create(owner);
      assert.deepEqual(await open().bot(full.user), full);
      assert.deepEqual(await open().bot(empty.user), empty);
      assert.deepEqual(await open().user(user.id), user);
      assert.deepEqual(await open().userByName(user.username), user);
      assert.equal(await open().passwordHash(user.id), null);
      assert.equal(await open().bot(owner), null);
      assert.equal(await open().bot(uuidv7()), null);
    });

    it('have names that nobody else has', async () => {
      const owner = await makeOwner();
      const [user, bot] = sample(owner);
      const taken = await open().user(owner);
      const wanted = { ...user, username: taken!.username };
      await assert.rejects(open().createBot(wanted, bot, null), refusedAs('username_taken'));
      assert.equal(await open().user(user.id), null);
      assert.equal(await open().bot(user.id), null);
    });

    it('are listed by owner, oldest first, without those that are deleted', async () => {
      const [owner, other] = [await makeOwner(), await makeOwner()];
      const second = await create(owner, { createdAt: 2_000 });
      const first = await create(owner, { createdAt: 1_000 });
      const gone = await create(owner, { createdAt: 1_500 });
      await create(other);
      await open().updateBot(gone.user, { deletedAt: 3_000 });
      assert.deepEqual(await open().botsOf(owner), [first, second]);
      assert.deepEqual(await open().botsOf(uuidv7()), []);
    });

    it('are as many as an owner may have, whoever asks at once; a deleted one makes room', async () => {
      const owner = await makeOwner();
      const results = await Promise.allSettled(
        Array.from({ length: 6 }, () => open().createBot(...sample(owner), 2)),
      );
      const refused = results.filter((result) => result.status === 'rejected');
      assert.equal(refused.length, 4);
      for (const { reason } of refused) assert.ok(refusedAs('too_many_bots')(reason), String(reason));
      const [one] = await open().botsOf(owner);
      await open().updateBot(one!.user, { deletedAt: 5 });
      await open().createBot(...sample(owner), 2);
      assert.equal((await open().botsOf(owner)).length, 2);
    });

    it('change in what is named, and in nothing else', async () => {
      const owner = await makeOwner();
      const [bot, other] = [
        await create(owner, { scopes: ['groups'], rate: 3 }),
        await create(owner, { rate: 3 }),
      ];
      await open().updateBot(bot.user, { scopes: ['messages.send', 'typing'] });
      await open().updateBot(bot.user, { groups: true, paused: true });
      await open().updateBot(bot.user, {});
      const changed: Bot = { ...bot, scopes: ['messages.send', 'typing'], groups: true, paused: true };
      assert.deepEqual(await open().bot(bot.user), changed);
      await open().updateBot(bot.user, { scopes: [], groups: false, paused: false, rate: null });
      assert.deepEqual(await open().bot(bot.user), { ...bot, scopes: [], rate: null });
      assert.deepEqual(await open().bot(other.user), other);
    });

    it('stay deleted as of when they were', async () => {
      const bot = await create(await makeOwner());
      await open().updateBot(bot.user, { deletedAt: 10 });
      await open().updateBot(bot.user, { deletedAt: 20, paused: true });
      await open().updateBot(bot.user, { deletedAt: null });
      assert.deepEqual(await open().bot(bot.user), { ...bot, paused: true, deletedAt: 10 });
      assert.notEqual(await open().user(bot.user), null);
    });

    it('are told from people, many at once', async () => {
      const owner = await makeOwner();
      const [bot, gone] = [await create(owner), await create(owner)];
      await open().updateBot(gone.user, { deletedAt: 1 });
      const many = [...Array.from({ length: 2_000 }, () => uuidv7()), bot.user, owner, gone.user];
      assert.deepEqual(await open().botsAmong(many), new Set([bot.user, gone.user]));
      assert.deepEqual(await open().botsAmong([]), new Set());
    });
  });
}
