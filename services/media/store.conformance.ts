import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { Refused } from '../../protocol/errors.ts';
import { sampleGroup } from '../conversations/store.samples.ts';
import type { ConversationStore } from '../conversations/store.ts';
import type { Media, MediaStore, Quotas } from './store.ts';

const NONE: Quotas = { kept: null, aDay: null };
const TODAY = '2026-11-24';
const NOON = Date.parse('2026-11-24T12:00:00Z');

export const sampleMedia = (fields: Partial<Media> = {}): Media => ({
  id: randomUUID(),
  owner: randomUUID(),
  blob: randomUUID(),
  thumbnail: null,
  uploaded: randomUUID(),
  sha256: 'a'.repeat(64),
  bytes: 1_000,
  mime: 'image/jpeg',
  kind: 'image',
  name: 'boat.jpg',
  width: 4_000,
  height: 3_000,
  durationMs: null,
  waveform: null,
  blurhash: 'LEHV6nWB2yk8',
  encrypted: false,
  createdAt: NOON,
  ...fields,
});

export type OpenMediaStore = () => Promise<{
  store: MediaStore;
  conversations: ConversationStore;
  dispose(): Promise<void>;
}>;

/** What every adapter of the port MediaStore promises. `open` gives an empty one. */
export function mediaStoreConformance(adapter: string, open: OpenMediaStore): void {
  describe(`MediaStore conformance: ${adapter}`, () => {
    let store: MediaStore;
    let conversations: ConversationStore;
    let dispose: () => Promise<void>;
    before(async () => {
      ({ store, conversations, dispose } = await open());
    });
    after(() => dispose());

    const refusedWith = (code: string) => (error: unknown) =>
      error instanceof Refused && error.refusal.code === code;

    async function added(fields: Partial<Media> = {}, quotas = NONE): Promise<Media> {
      const media = sampleMedia(fields);
      await store.begin(
        [media.blob, media.thumbnail].filter((blob) => blob !== null),
        NOON + 1_000,
      );
      assert.equal(await store.add(media, media.bytes, TODAY, quotas), true);
      return media;
    }

    /** Everything that is loose at the end of time, claimed and dropped. */
    async function loose(): Promise<string[]> {
      const blobs = await store.claimLoose(Number.MAX_SAFE_INTEGER, 1_000);
      await store.dropLoose(blobs);
      return blobs.toSorted();
    }

    async function group(...members: string[]): Promise<string> {
      const made = sampleGroup();
      await conversations.create(
        made,
        members.map((user) => ({ user, role: 'member' as const })),
        1,
      );
      return made.id;
    }

    it('gives a file back as it was added', async () => {
      const plain = await added();
      const voice = await added({
        kind: 'voice',
        waveform: [0, 31, 7],
        durationMs: 1_500,
        name: null,
        blurhash: null,
        width: null,
        height: null,
        encrypted: true,
        thumbnail: randomUUID(),
        bytes: 2_147_483_648,
      });
      assert.deepEqual(await store.get(plain.id), plain);
      assert.deepEqual(await store.get(voice.id), voice);
      assert.equal(await store.get(randomUUID()), null);
    });

    it('finds the same bytes again, of the same owner and no other', async () => {
      const first = await added({ thumbnail: randomUUID() });
      const found = await store.known(first.owner, first.uploaded, false);
      assert.equal(found?.blob, first.blob);
      assert.equal(found?.thumbnail, first.thumbnail);
      assert.equal(await store.known(first.owner, first.uploaded, true), null);
      assert.equal(await store.known(randomUUID(), first.uploaded, false), null);
      assert.equal(await store.known(first.owner, randomUUID(), false), null);
      const second = sampleMedia({ ...found!, owner: first.owner, uploaded: first.uploaded });
      assert.equal(await store.add(second, second.bytes, TODAY, NONE), true);
      assert.equal((await store.usage(first.owner, TODAY)).kept, first.bytes, 'counted twice');
      const stolen = sampleMedia({ ...found!, owner: randomUUID() });
      assert.equal(await store.add(stolen, 1, TODAY, NONE), false, 'somebody else has that blob');
      // Its bytes go when the last file that has them goes, with the thumbnail.
      assert.equal(await store.remove(first.id, NOON), true);
      assert.deepEqual(await loose(), []);
      assert.equal(await store.remove(second.id, NOON), true);
      assert.deepEqual(await loose(), [first.blob, first.thumbnail!].toSorted());
    });

    it('adds nothing whose bytes have been given up', async () => {
      const media = sampleMedia();
      assert.equal(await store.add(media, 1, TODAY, NONE), false, 'it was never begun');
      await store.begin([media.blob], NOON);
      assert.deepEqual(await store.claimLoose(NOON, 1_000), [media.blob]);
      assert.equal(await store.add(media, 1, TODAY, NONE), false);
      assert.equal(await store.get(media.id), null);
      assert.deepEqual(
        await store.claimLoose(NOON, 1_000),
        [media.blob],
        'until it is dropped it comes again',
      );
      await store.dropLoose([media.blob]);
      assert.deepEqual(await store.claimLoose(NOON, 1_000), []);
      assert.deepEqual(await store.usage(media.owner, TODAY), { kept: 0, today: 0 });
    });

    it('counts what is kept, and what came on a day', async () => {
      const owner = randomUUID();
      const quotas = { kept: 2_500, aDay: 4_000 };
      const first = await added({ owner }, quotas);
      await added({ owner }, quotas);
      assert.deepEqual(await store.usage(owner, TODAY), { kept: 2_000, today: 2_000 });
      await assert.rejects(added({ owner }, quotas), refusedWith('quota_exceeded'));
      assert.deepEqual(
        await store.usage(owner, TODAY),
        { kept: 2_000, today: 2_000 },
        'what was refused counts',
      );
      await store.remove(first.id, NOON);
      await added({ owner }, quotas);
      assert.deepEqual(await store.usage(owner, TODAY), { kept: 2_000, today: 3_000 });
      await assert.rejects(added({ owner, bytes: 10 }, { kept: null, aDay: 3_000 }), (error: unknown) => {
        assert.ok(error instanceof Refused);
        assert.equal(error.refusal.code, 'daily_quota_exceeded');
        assert.equal(error.refusal.retry_after_ms, 12 * 3_600_000, 'until midnight');
        return true;
      });
      assert.equal((await store.usage(owner, '2026-11-25')).today, 0);
      await store.forgetDays('2026-11-25');
      assert.equal((await store.usage(owner, TODAY)).today, 0);
      await loose();
    });

    it('holds to the quota when files come at the same time', async () => {
      const owner = randomUUID();
      const quotas = { kept: 3_000, aDay: null };
      const settled = await Promise.allSettled(Array.from({ length: 8 }, () => added({ owner }, quotas)));
      assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 3);
      assert.equal((await store.usage(owner, TODAY)).kept, 3_000);
      await loose();
    });

    it('lets the owner fetch, and who may read a message that has it', async () => {
      const [reader, later, gone, stranger] = [1, 2, 3, 4].map(() => randomUUID()) as [
        string,
        string,
        string,
        string,
      ];
      const media = await added();
      const conversation = await group(reader, gone);
      const may = (user: string, at = NOON) => store.mayFetch(user, media.id, at);
      assert.equal(await may(media.owner), true);
      assert.equal(await may(reader), false, 'no message has it');
      await store.refer({ media: media.id, conversation, seq: 5, message: 5, expires: null });
      await conversations.remove(conversation, [gone], 8);
      await conversations.add(conversation, [{ user: later, role: 'member' }], 9, 9);
      assert.deepEqual(await Promise.all([reader, gone, later, stranger].map((user) => may(user))), [
        true,
        true,
        false,
        false,
      ]);
      // What came after they had left is not theirs; what came after they had joined is.
      await store.release(conversation, 5, NOON);
      await store.refer({ media: media.id, conversation, seq: 12, message: 12, expires: NOON + 10 });
      assert.deepEqual(await Promise.all([reader, gone, later].map((user) => may(user))), [
        true,
        false,
        true,
      ]);
      assert.equal(await may(reader, NOON + 10), false, 'it has expired');
      assert.equal(await may(media.owner, NOON + 10), true);
    });

    it('removes what no message has, and nothing else', async () => {
      const conversation = await group();
      const [kept, free, young] = [
        await added({ createdAt: 100 }),
        await added({ createdAt: 100 }),
        await added({ createdAt: 900 }),
      ];
      const reference = { media: kept.id, conversation, seq: 1, message: 1, expires: null };
      await store.refer(reference);
      await store.refer(reference);
      assert.equal(await store.remove(kept.id, NOON), false);
      assert.equal(await store.removeUnreferenced(500, 1_000, NOON), 1);
      assert.deepEqual(
        await Promise.all([kept, free, young].map(async ({ id }) => (await store.get(id)) !== null)),
        [true, false, true],
      );
      assert.deepEqual(await loose(), [free.blob]);
      // Released, it is free from then on, not since it was made.
      await store.release(conversation, 1, 2_000);
      await store.release(conversation, 1, 3_000);
      assert.equal(await store.removeUnreferenced(1_999, 1_000, NOON), 1, 'the young one');
      assert.ok(await store.get(kept.id));
      await store.touch(kept.id, 5_000);
      assert.equal(await store.removeUnreferenced(4_999, 1_000, NOON), 0, 'somebody is sending it');
      assert.equal(await store.removeUnreferenced(5_000, 1_000, NOON), 1);
      await store.refer(reference);
      assert.equal(await store.mayFetch(kept.owner, kept.id, NOON), false, 'a reference brought it back');
      await loose();
    });

    it('releases a message with what its edits had, and what has expired', async () => {
      const conversation = await group();
      const [first, edited, other] = [await added(), await added(), await added()];
      const refer = (media: Media, seq: number, message: number, expires: number | null = null) =>
        store.refer({ media: media.id, conversation, seq, message, expires });
      await refer(first, 1, 1);
      await refer(edited, 3, 1);
      await refer(other, 2, 2, 700);
      await store.release(conversation, 1, NOON);
      assert.deepEqual(await Promise.all([first, edited, other].map(({ id }) => store.remove(id, NOON))), [
        true,
        true,
        false,
      ]);
      assert.equal(await store.releaseExpired(699, 10), 0);
      assert.equal(await store.releaseExpired(700, 10), 1);
      assert.equal(await store.remove(other.id, NOON), true);
      await loose();
    });

    it('removes what is old, whoever has it', async () => {
      const conversation = await group();
      const old = await added({ createdAt: 10 });
      await store.refer({ media: old.id, conversation, seq: 1, message: 1, expires: null });
      assert.equal(await store.removeOld(9, 1_000, NOON), 0);
      assert.equal(await store.removeOld(10, 1_000, NOON), 1);
      assert.equal(await store.get(old.id), null);
      assert.deepEqual(await loose(), [old.blob]);
    });

    it('never removes what a message has, whatever happens in which order', async () => {
      const owner = randomUUID();
      const conversation = await group(owner);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3 })), {
            maxLength: 25,
          }),
          async (steps) => {
            const files: Media[] = [];
            /** By file, the messages that have it, and until when. */
            const has = new Map<string, Map<number, number | null>>();
            let seq = 0;
            let now = NOON;
            for (const [what, which] of steps) {
              now += 10;
              const file = files[which % Math.max(1, files.length)];
              if (what === 0 || file === undefined) {
                files.push(await added({ owner, createdAt: now }));
              } else if (what <= 2) {
                const expires = what === 1 ? null : now + 15;
                seq++;
                await store.refer({ media: file.id, conversation, seq, message: seq, expires });
                if (await store.get(file.id))
                  has.set(file.id, (has.get(file.id) ?? new Map()).set(seq, expires));
              } else if (what === 3) {
                const [message] = has.get(file.id)?.keys() ?? [];
                if (message === undefined) continue;
                await store.release(conversation, message, now);
                has.get(file.id)!.delete(message);
              } else {
                await store.releaseExpired(now, 1 + which);
                await store.removeUnreferenced(what === 4 ? now : now - 30, 1 + which, now);
              }
              for (const { id } of files) {
                const wanted = [...(has.get(id)?.values() ?? [])].some(
                  (until) => until === null || until > now,
                );
                if (wanted) assert.ok(await store.get(id), 'a file that a message has is gone');
              }
            }
            // And what no message has goes in the end.
            await store.releaseExpired(Number.MAX_SAFE_INTEGER, 1_000);
            await store.removeUnreferenced(Number.MAX_SAFE_INTEGER, 1_000, now);
            for (const { id } of files) {
              const wanted = [...(has.get(id)?.values() ?? [])].some((until) => until === null);
              assert.equal((await store.get(id)) !== null, wanted);
            }
            for (const [id, messages] of has)
              for (const message of messages.keys()) if (id) await store.release(conversation, message, now);
            await store.removeUnreferenced(Number.MAX_SAFE_INTEGER, 1_000, now);
            await loose();
          },
        ),
        { numRuns: 15 },
      );
    });
  });
}
