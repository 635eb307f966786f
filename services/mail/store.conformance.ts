import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { AccountStore, User } from '../accounts/store.ts';
import type { PreferenceStore } from '../preferences/store.ts';
import type { MailItem, MailStore, NewMail } from './store.ts';

export interface MailUnderTest {
  store: MailStore;
  /** In the same database. */
  accounts: Pick<AccountStore, 'createUser'>;
  preferences: Pick<PreferenceStore, 'setNotifications'>;
  dispose(): Promise<void>;
}

/** What every adapter of the port MailStore promises. `open` gives an empty one. */
export function mailStoreConformance(adapter: string, open: () => Promise<MailUnderTest>): void {
  describe(`MailStore conformance: ${adapter}`, () => {
    let under: MailUnderTest;
    let store: MailStore;
    before(async () => {
      under = await open();
      store = under.store;
    });
    after(() => under.dispose());

    let names = 0;
    async function somebody(): Promise<string> {
      const id = randomUUID();
      const user = { id, username: `user${++names}`, kind: 'person', admin: false, createdAt: 1 } as const;
      const nothing = { name: null, phone: null, photo: null, status: null, lastSeen: null };
      const all: User = { ...user, ...nothing, lastSeenAudience: 'everyone', presenceAudience: 'everyone' };
      await under.accounts.createUser(all, 'hash', null);
      return id;
    }

    describe('addresses', () => {
      it('take the place of the former one when they are verified', async () => {
        const user = await somebody();
        assert.equal(await store.address(user), null);
        await store.setPending(user, 'A@x.org');
        const none = { user, address: null, verifiedAt: null, bouncing: false, language: null };
        assert.deepEqual(await store.address(user), {
          ...none,
          pending: 'A@x.org',
          notices: true,
          digests: true,
        });
        assert.equal(await store.verify(user, 'B@x.org', 'b@x.org', 5), 'gone');
        assert.deepEqual(await store.verify(user, 'A@x.org', 'a@x.org', 5), { former: null });
        assert.equal(await store.verify(user, 'A@x.org', 'a@x.org', 6), 'gone');
        assert.equal(await store.userByAddress('a@x.org'), user);
        await store.setPending(user, 'C@x.org');
        const { address, pending, verifiedAt } = (await store.address(user))!;
        assert.deepEqual([address, pending, verifiedAt], ['A@x.org', 'C@x.org', 5]);
        assert.deepEqual(await store.verify(user, 'C@x.org', 'c@x.org', 7), { former: 'A@x.org' });
        assert.equal(await store.userByAddress('a@x.org'), null);
        assert.equal(await store.removeAddress(user), 'C@x.org');
        assert.equal(await store.removeAddress(user), null);
        assert.equal(await store.removeAddress(randomUUID()), null);
        assert.equal(await store.userByAddress('c@x.org'), null);
      });

      it('are of one account, of several that verify the same at once too', async () => {
        const users = await Promise.all(Array.from({ length: 4 }, somebody));
        for (const user of users) await store.setPending(user, 'same@x.org');
        const results = await Promise.all(
          users.map((user) => store.verify(user, 'same@x.org', 'same@x.org', 5)),
        );
        assert.equal(results.filter((result) => result === 'taken').length, 3);
        const winner = users[results.findIndex((result) => result !== 'taken')];
        assert.equal(await store.userByAddress('same@x.org'), winner);
      });

      it('keep what was chosen, and what is absent as it was', async () => {
        const user = await somebody();
        await store.setPending(user, 'd@x.org');
        await store.setChoices(user, { notices: false, language: 'ar' });
        await store.setChoices(user, { digests: false });
        await store.setChoices(user, {});
        const chosen = (await store.address(user))!;
        assert.deepEqual([chosen.notices, chosen.digests, chosen.language], [false, false, 'ar']);
      });

      it('bounce after so many refusals in a row, until they are verified anew', async () => {
        const user = await somebody();
        await store.setPending(user, 'e@x.org');
        await store.verify(user, 'e@x.org', 'e@x.org', 1);
        assert.equal(await store.noteBounce(user, 'e@x.org', 2, 5), false);
        await store.noteTaken(user, 'e@x.org');
        assert.equal(await store.noteBounce(user, 'e@x.org', 2, 5), false);
        assert.equal(await store.noteBounce(user, 'other@x.org', 2, 5), false);
        assert.equal(await store.noteBounce(user, 'e@x.org', 2, 6), true);
        assert.equal(await store.noteBounce(user, 'e@x.org', 2, 7), false);
        assert.equal((await store.address(user))!.bouncing, true);
        await store.setPending(user, 'e@x.org');
        await store.verify(user, 'e@x.org', 'e@x.org', 8);
        assert.equal((await store.address(user))!.bouncing, false);
      });
    });

    it('tokens are good until they are taken, once, or expire', async () => {
      const user = randomUUID();
      const token = (hash: string) => ({
        hash,
        user,
        purpose: 'reset' as const,
        address: 'a@x.org',
        expiresAt: 10,
      });
      for (const hash of ['h1', 'h1', 'h2', 'h3']) await store.addToken(token(hash));
      assert.deepEqual(await store.token('h1', 9), token('h1'));
      assert.equal(await store.token('h1', 10), null);
      assert.equal(await store.takeToken('h1', 10), false);
      const taken = await Promise.all(Array.from({ length: 4 }, () => store.takeToken('h1', 9)));
      assert.deepEqual(taken.toSorted(), [false, false, false, true]);
      await store.removeTokens(user, 'verify');
      assert.notEqual(await store.token('h2', 9), null);
      assert.equal(await store.sweepMailTokens(10, 1), 1);
      await store.removeTokens(user, 'reset');
      assert.equal(await store.sweepMailTokens(10, 10), 0);
    });

    describe('the outbox', () => {
      const mail = (fields: Partial<NewMail> = {}): NewMail => ({
        ...{ id: randomUUID(), about: null, kind: 'device', user: randomUUID() },
        ...{ data: { a: 'ü' }, createdAt: 100 },
        ...fields,
      });
      const end = { state: 'sent', reason: null, recipient: 'z@x.org', at: 200 } as const;
      const claimAll = (claim: string, now: number, most = 100) =>
        store.claimMail(claim, { now, leaseUntil: now + 50 }, most);

      it('gives each mail to one worker, the longest waiting first, until its lease is over', async () => {
        const [late, early] = [mail({ createdAt: 101 }), mail()];
        for (const one of [late, early]) assert.equal(await store.enqueue(one), true);
        const item = ({ about: _, ...rest }: NewMail): MailItem => ({ ...rest, attempts: 0 });
        assert.deepEqual(await claimAll('c0', 99), []);
        assert.deepEqual(await claimAll('c1', 110, 1), [item(early)]);
        const both = await Promise.all(['c2', 'c3', 'c4'].map((claim) => claimAll(claim, 110)));
        assert.deepEqual(both.flat(), [item(late)]);
        assert.equal(await store.nextMailDue(), 160);
        assert.deepEqual(
          (await claimAll('c5', 160)).map(({ id }) => id).toSorted(),
          [late.id, early.id].toSorted(),
        );
        // The claim that was lost does nothing.
        assert.equal(await store.endMail(early.id, 'c1', end), false);
        await store.postponeMail(early.id, 'c1', 9, 1);
        assert.deepEqual(await claimAll('c6', 170), []);
        await store.postponeMail(early.id, 'c5', 1, 300);
        assert.equal(await store.endMail(late.id, 'c5', end), true);
        assert.equal(await store.nextMailDue(), 300);
        assert.deepEqual(await claimAll('c7', 300), [{ ...item(early), attempts: 1 }]);
        await store.forgetMailClaims(310);
        assert.equal(await store.nextMailDue(), 310);
        assert.equal(await store.countWaiting(10), 1);
        assert.equal(await store.countWaiting(0), 0);
        await claimAll('c8', 310);
        await store.endMail(early.id, 'c8', { ...end, state: 'dead', reason: '550' });
        assert.equal(await store.nextMailDue(), null);
      });

      it('says a thing once, also when it was said', async () => {
        const about = `device:${randomUUID()}`;
        const both = await Promise.all([store.enqueue(mail({ about })), store.enqueue(mail({ about }))]);
        assert.deepEqual(both.toSorted(), [false, true]);
        const claimed = await claimAll('d1', 100);
        assert.equal(claimed.length, 1);
        await store.endMail(claimed[0]!.id, 'd1', end);
        assert.equal(await store.enqueue(mail({ about })), false);
      });

      it('counts what was sent to an address, and forgets what ended long ago', async () => {
        for (const [state, at] of [
          ['sent', 500],
          ['sent', 600],
          ['dead', 600],
        ] as const) {
          const one = mail();
          await store.enqueue(one);
          await claimAll('e1', 100);
          await store.endMail(one.id, 'e1', { ...end, recipient: 'count@x.org', state, at });
        }
        assert.equal(await store.sentSince('count@x.org', 499), 2);
        assert.equal(await store.sentSince('count@x.org', 500), 1);
        assert.equal(await store.sentSince('nobody@x.org', 0), 0);
        while ((await store.sweepMail(501, 1)) > 0);
        assert.equal(await store.sentSince('count@x.org', 0), 1);
      });
    });

    it('digests are looked at by one, of those who want any, when it is time', async () => {
      const [ann, ben, cem] = [randomUUID(), randomUUID(), randomUUID()];
      await under.preferences.setNotifications(ann, { digestHours: 8 });
      await under.preferences.setNotifications(ben, { digestHours: 24 });
      await under.preferences.setNotifications(cem, { show: 'sender' });
      const at = { now: 1_000, leaseUntil: 1_500 };
      const both = await Promise.all([store.claimDigests(at, 10), store.claimDigests(at, 10)]);
      assert.deepEqual(
        both
          .flat()
          .map(({ user }) => user)
          .toSorted(),
        [ann, ben].toSorted(),
      );
      const anns = both.flat().find(({ user }) => user === ann)!;
      assert.deepEqual(anns, { user: ann, hours: 8, leaseUntil: 1_500, told: 0 });
      await store.nextDigest(anns, 2_000, 1_000);
      await under.preferences.setNotifications(ben, { digestHours: null });
      assert.deepEqual(await store.claimDigests({ now: 1_999, leaseUntil: 2_500 }, 10), []);
      const [again] = await store.claimDigests({ now: 2_000, leaseUntil: 2_500 }, 10);
      assert.deepEqual(again, { user: ann, hours: 8, leaseUntil: 2_500, told: 1_000 });
      // Somebody else has it by now.
      await store.claimDigests({ now: 2_500, leaseUntil: 3_000 }, 10);
      await store.nextDigest(again!, 9_000, 9_000);
      assert.equal((await store.claimDigests({ now: 3_000, leaseUntil: 3_500 }, 10))[0]!.told, 1_000);
    });

    it('origins are kept for a while', async () => {
      const device = randomUUID();
      assert.equal(await store.origin(device), null);
      await store.noteOrigin(device, '203.0.113.x', 5);
      await store.noteOrigin(device, 'another', 6);
      assert.equal(await store.origin(device), '203.0.113.x');
      assert.equal(await store.sweepOrigins(5, 10), 0);
      assert.equal(await store.sweepOrigins(6, 10), 1);
    });
  });
}
