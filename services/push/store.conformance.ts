import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Refused } from '../../protocol/errors.ts';
import type { AccountStore } from '../accounts/store.ts';
import { samplePerson, sampleRoute } from './store.samples.ts';
import type { PushStore, Route, RowKey, Settlement } from './store.ts';

export interface PushStoreUnderTest {
  store: PushStore;
  /** In the same database. */
  accounts: Pick<AccountStore, 'createUser' | 'addDevice' | 'revokeDevice'>;
  dispose(): Promise<void>;
}

const NOW = 1_000_000;

/** What every adapter of the port PushStore promises. `open` gives an empty one. */
export function pushStoreConformance(adapter: string, open: () => Promise<PushStoreUnderTest>): void {
  describe(`PushStore conformance: ${adapter}`, () => {
    let under: PushStoreUnderTest;
    let store: PushStore;
    beforeEach(async () => {
      under = await open();
      store = under.store;
    });
    afterEach(() => under.dispose());

    /** A user with so many devices, each with a route. */
    async function someone(devices = 1): Promise<{ user: string; devices: string[] }> {
      const user = randomUUID();
      await under.accounts.createUser(samplePerson(user), 'x', null);
      const ids: string[] = [];
      for (let i = 0; i < devices; i++) ids.push(await device(user, [sampleRoute()]));
      return { user, devices: ids };
    }
    async function device(user: string, routes: Route[]): Promise<string> {
      const id = randomUUID();
      await under.accounts.addDevice(
        { id, user, name: null, createdAt: 1, lastSeen: null, revokedAt: null },
        10,
      );
      if (routes.length > 0) await store.putRoutes({ device: id, user, routes, key: null }, new Map());
      return id;
    }
    const notice = (conversation: string, seq: number, kind: 'message' | 'mention' = 'message') => ({
      ...{ conversation, seq, kind, createdAt: NOW, expiresAt: NOW + 60_000 },
    });
    const at = { now: NOW, leaseUntil: NOW + 5_000 };
    const settled = (key: RowKey, more: Partial<Settlement> = {}): Settlement => ({
      ...{ device: key.device, conversation: key.conversation, seq: key.seq },
      ...{ state: 'pushed', dueAt: null, via: 'webpush', reason: null, attempts: 1, ...more },
    });
    const states = async (conversation: string, user: string) =>
      (await store.ledger(conversation, 0, [user])).map(({ seq, state }) => `${seq} ${state}`);

    it('keeps the routes of a device in their order, in place of those before', async () => {
      const { user } = await someone(0);
      assert.equal(await store.hasRoutes(), false);
      const [a, b, c] = [sampleRoute(), sampleRoute({ kind: 'fcm' }), sampleRoute()];
      const phone = await device(user, [b, a]);
      const desk = await device(user, []);
      await store.putRoutes({ device: desk, user, routes: [c], key: 'a2V5' }, new Map());
      const found = await store.routesOf([phone, desk, randomUUID()]);
      assert.deepEqual(found.get(phone), { device: phone, user, routes: [b, a], key: null });
      assert.deepEqual(found.get(desk), { device: desk, user, routes: [c], key: 'a2V5' });
      assert.equal(found.size, 2);
      await store.putRoutes({ device: phone, user, routes: [c], key: null }, new Map());
      assert.deepEqual((await store.routesOf([phone])).get(phone)?.routes, [c]);
      assert.equal(await store.hasRoutes(), true);
      assert.equal(await store.removeRoutes(phone), true);
      assert.equal(await store.removeRoutes(phone), false);
      assert.deepEqual((await store.routesOf([phone])).size, 0);
    });

    it('gives routes to a device of that user alone, and takes them when it is revoked', async () => {
      const ann = await someone(1);
      const ben = await someone(0);
      const notFound = (error: Refused) => error.refusal.code === 'not_found';
      const put = (id: string, user: string) =>
        store.putRoutes({ device: id, user, routes: [sampleRoute()], key: null }, new Map());
      await assert.rejects(put(ann.devices[0]!, ben.user), notFound);
      await assert.rejects(put(randomUUID(), ann.user), notFound);
      assert.deepEqual(await store.reachable([ann.user, ben.user]), new Set([ann.user]));
      await under.accounts.revokeDevice(ann.user, ann.devices[0]!, 5);
      assert.deepEqual(await store.reachable([ann.user]), new Set());
      await assert.rejects(put(ann.devices[0]!, ann.user), notFound);
    });

    it('takes a target from the device that had it before', async () => {
      const [ann, ben] = [await someone(0), await someone(0)];
      const [former, latter, shared] = [sampleRoute(), sampleRoute(), sampleRoute()];
      const old = await device(ann.user, []);
      const held = new Map([[former.id, 'f1']]);
      await store.putRoutes({ device: old, user: ann.user, routes: [former, shared], key: null }, held);
      const now = await device(ben.user, []);
      await store.putRoutes(
        { device: now, user: ben.user, routes: [latter, shared], key: null },
        new Map([[latter.id, 'f1']]),
      );
      const found = await store.routesOf([old, now]);
      assert.deepEqual(found.get(old)?.routes, [shared]);
      assert.deepEqual(found.get(now)?.routes, [latter, shared]);
    });

    it('takes away one registration, not one that came since', async () => {
      const { user } = await someone(0);
      const [first, again] = [sampleRoute(), sampleRoute()];
      const phone = await device(user, [first]);
      await store.putRoutes({ device: phone, user, routes: [again], key: null }, new Map());
      await store.removeRoute(phone, first.id);
      assert.deepEqual((await store.routesOf([phone])).get(phone)?.routes, [again]);
      await store.removeRoute(phone, again.id);
      assert.equal((await store.routesOf([phone])).size, 0);
    });

    it('notes an event once, and hands it to one worker at a time, where the one before came to', async () => {
      const [conversation, other] = [randomUUID(), randomUUID()];
      const event = (seq: number, stream = conversation) => ({
        ...{ conversation: stream, seq, kind: 'message' as const, time: seq, late: false },
      });
      await store.noteEvents([event(1), event(2), event(9, other)], NOW);
      await store.noteEvents([event(1)], NOW - 500);
      assert.equal(await store.nextDue(), NOW);
      assert.deepEqual(await store.claimEvents('a', { now: NOW - 1, leaseUntil: NOW }, 9), []);
      const claimed = await store.claimEvents('a', at, 9);
      assert.deepEqual(
        claimed.map(({ seq, after, newer }) => [seq, after, newer]),
        [
          [1, '', true],
          [2, '', false],
          [9, '', false],
        ],
      );
      assert.deepEqual(await store.claimEvents('b', at, 9), []);
      assert.equal(await store.advanceEvent(event(1), 'a', 'm', NOW + 6_000), true);
      assert.equal(await store.advanceEvent(event(1), 'b', 'z', NOW + 6_000), false);
      await store.finishEvent(event(2), 'b', null);
      await store.finishEvent(event(2), 'a', NOW + 70_000);
      await store.finishEvent(event(9, other), 'a', null);
      const later = { now: NOW + 6_000, leaseUntil: NOW + 9_000 };
      const again = await store.claimEvents('b', later, 9);
      assert.deepEqual(
        again.map(({ seq, after, late }) => [seq, after, late]),
        [[1, 'm', false]],
      );
      await store.releaseEvent(event(1), 'a', 5);
      await store.releaseEvent(event(1), 'b', NOW + 80_000);
      const last = await store.claimEvents('c', { now: NOW + 80_000, leaseUntil: NOW + 90_000 }, 1);
      assert.deepEqual(
        last.map(({ seq, after, late }) => [seq, after, late]),
        [[2, '', true]],
      );
    });

    it('has one notification for each device and event, of those who can be reached', async () => {
      const [ann, ben, none] = [await someone(2), await someone(1), await someone(0)];
      const conversation = randomUUID();
      const users = [ann.user, ben.user, none.user];
      assert.equal(await store.enqueue(notice(conversation, 3), users, NOW), 3);
      assert.equal(await store.enqueue(notice(conversation, 3), users, NOW - 5), 0);
      assert.equal(await store.queued(2), 2);
      const claimed = await store.claim('a', at, 2);
      const rest = await store.claim('b', at, 9);
      assert.deepEqual([claimed.length, rest.length], [2, 1]);
      assert.deepEqual(
        [...claimed, ...rest].map(({ device: id }) => id).toSorted(),
        [...ann.devices, ...ben.devices].toSorted(),
      );
      const { device: _, user: __, ...what } = claimed[0]!;
      assert.deepEqual(what, { ...notice(conversation, 3), attempts: 0 });
      assert.deepEqual(await store.claim('c', at, 9), []);
      assert.equal((await store.claim('c', { now: NOW + 5_000, leaseUntil: NOW + 9_000 }, 9)).length, 3);
    });

    it('is not sent by who has lost the claim, nor a second time after its worker ended while sending', async () => {
      const { user } = await someone(1);
      const conversation = randomUUID();
      await store.enqueue(notice(conversation, 1), [user], NOW);
      const [row] = await store.claim('a', at, 9);
      const later = { now: NOW + 5_000, leaseUntil: NOW + 10_000 };
      assert.equal((await store.claim('b', later, 9)).length, 1);
      assert.deepEqual(await store.begin('a', [row!], NOW + 9_000), []);
      await store.settle('a', [settled(row!)], NOW);
      assert.deepEqual(await states(conversation, user), ['1 waiting']);
      const { device: id, seq } = row!;
      assert.deepEqual(await store.begin('b', [row!], NOW + 9_000), [{ device: id, conversation, seq }]);
      assert.deepEqual(await store.begin('b', [row!], NOW + 9_000), []);
      assert.equal(await store.giveUpSending(NOW + 8_999), 0);
      assert.deepEqual(await store.claim('c', { now: NOW + 9_000, leaseUntil: NOW + 12_000 }, 9), []);
      assert.equal(await store.giveUpSending(NOW + 9_000), 1);
      assert.deepEqual(await states(conversation, user), ['1 unknown']);
      await store.settle('b', [settled(row!)], NOW);
      assert.deepEqual(await states(conversation, user), ['1 unknown']);
      assert.equal(await store.nextDue(), null);
    });

    it('goes on after a start: what was being sent is unknown, the rest is there at once', async () => {
      const { user, devices } = await someone(2);
      const conversation = randomUUID();
      await store.enqueue(notice(conversation, 1), [user], NOW);
      await store.noteEvents([{ conversation, seq: 2, kind: 'added', time: 1, late: false }], NOW);
      const rows = await store.claim('a', at, 9);
      await store.claimEvents('a', at, 9);
      await store.begin('a', [rows[0]!], NOW + 50_000);
      await store.forgetClaims(NOW + 1);
      const now = { now: NOW + 1, leaseUntil: NOW + 9 };
      assert.equal((await store.claimEvents('b', now, 9)).length, 1);
      const again = await store.claim('b', now, 9);
      assert.deepEqual(
        again.map(({ device: id }) => id),
        devices.filter((id) => id !== rows[0]!.device),
      );
      assert.deepEqual((await states(conversation, user)).toSorted(), ['1 unknown', '1 waiting']);
    });

    it('is settled once, or comes again when it is due', async () => {
      const { user } = await someone(1);
      const conversation = randomUUID();
      await store.enqueue(notice(conversation, 1), [user], NOW);
      const [row] = await store.claim('a', at, 9);
      await store.begin('a', [row!], NOW + 9_000);
      const again = {
        state: 'waiting',
        dueAt: NOW + 700,
        via: null,
        reason: 'timeout',
        attempts: 3,
      } as const;
      await store.settle('a', [settled(row!, again)], NOW);
      assert.equal(await store.nextDue(), NOW + 700);
      const [second] = await store.claim('b', { now: NOW + 700, leaseUntil: NOW + 900 }, 9);
      assert.equal(second?.attempts, 3);
      await store.begin('b', [row!], NOW + 9_000);
      await store.settle('b', [settled(row!, { attempts: 4 })], NOW + 800);
      const [entry] = await store.ledger(conversation, 1, [user]);
      assert.deepEqual(entry, {
        ...{ device: row!.device, conversation, seq: 1, user },
        ...{ state: 'pushed', via: 'webpush', reason: null, settledAt: NOW + 800 },
      });
      assert.deepEqual(await store.lastOf(row!.device), entry);
      assert.equal(await store.lastOf(randomUUID()), null);
      assert.equal(await store.enqueue(notice(conversation, 1), [user], NOW), 0);
    });

    it('collapses older ones that nobody has begun; a mention only for a mention; of others nothing', async () => {
      const [ann, ben] = [await someone(1), await someone(1)];
      const [conversation, other] = [randomUUID(), randomUUID()];
      await store.enqueue(notice(other, 1), [ann.user], NOW);
      await store.enqueue(notice(conversation, 1), [ann.user, ben.user], NOW);
      await store.enqueue(notice(conversation, 2, 'mention'), [ann.user], NOW);
      assert.deepEqual(await states(conversation, ann.user), ['1 collapsed', '2 waiting']);
      await store.enqueue(notice(conversation, 3), [ann.user], NOW);
      assert.deepEqual(await states(conversation, ann.user), ['1 collapsed', '2 waiting', '3 waiting']);
      await store.enqueue(notice(conversation, 4, 'mention'), [ann.user], NOW);
      assert.deepEqual(await states(conversation, ann.user), [
        ...['1 collapsed', '2 collapsed', '3 collapsed', '4 waiting'],
      ]);
      assert.deepEqual(await states(conversation, ben.user), ['1 waiting']);
      assert.deepEqual(await states(other, ann.user), ['1 waiting']);
      const claimed = await store.claim('a', at, 9);
      assert.equal(claimed.length, 3);
      await store.enqueue(notice(conversation, 5), [ann.user], NOW);
      assert.deepEqual((await states(conversation, ann.user)).slice(3), ['4 waiting', '5 waiting']);
    });

    it('is not added behind a newer one that stands for it', async () => {
      const { user } = await someone(1);
      const conversation = randomUUID();
      await store.enqueue(notice(conversation, 5), [user], NOW);
      assert.equal(await store.enqueue(notice(conversation, 4), [user], NOW), 0);
      assert.equal(await store.enqueue(notice(conversation, 3, 'mention'), [user], NOW), 1);
      assert.equal(await store.enqueue(notice(randomUUID(), 4), [user], NOW), 1);
    });

    it('takes one for one device, once', async () => {
      const { user, devices } = await someone(1);
      const one = { ...notice(devices[0]!, 7), device: devices[0]!, user, kind: 'test' as const };
      assert.equal(await store.enqueueOne(one, NOW), true);
      assert.equal(await store.enqueueOne(one, NOW), false);
      assert.equal((await store.claim('a', at, 9))[0]?.kind, 'test');
    });

    it('forgets what was settled long ago, some at a time, and nothing else', async () => {
      const { user } = await someone(3);
      const conversation = randomUUID();
      await store.enqueue(notice(conversation, 1), [user], NOW);
      const rows = await store.claim('a', at, 9);
      await store.settle('a', [settled(rows[0]!)], 10);
      await store.settle('a', [settled(rows[1]!)], 20);
      assert.equal(await store.sweep(20, 5), 1);
      assert.equal(await store.sweep(21, 5), 1);
      assert.equal(await store.sweep(1e12, 5), 0);
      assert.equal((await store.ledger(conversation, 1, [user])).length, 1);
    });
  });
}
