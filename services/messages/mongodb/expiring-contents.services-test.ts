/** What expires is apart from its event, and may go at any time without a sweeper. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { sharedEngine } from '../../../test/engines/shared.ts';
import type { History } from '../history.ts';
import { draft, edit, everything, react, remove, says } from '../samples.ts';
import { type Collections, encode, openCollections, pending } from './documents.ts';
import { parted, whole } from './expiring-contents.ts';
import { type TemporaryMongo, temporaryMongo } from './fixtures/temporary.ts';

const { url, skip } = sharedEngine('mongodb');
const HOUR_MS = 3_600_000;
const SECRET = 'xyzzysecret';
const LATER = Date.now() + 24 * HOUR_MS;

describe('Content that expires on MongoDB', { skip }, () => {
  let mongo: TemporaryMongo;
  let history: History;
  let collections: Collections;
  before(async () => {
    mongo = await temporaryMongo(url);
    history = await mongo.open();
    collections = await openCollections({ db: mongo.database, mostInserted: 1, close: async () => {} });
  });
  beforeEach(() => mongo.empty());
  after(() => mongo.dispose());

  const expiring = (stream: string, text = SECRET) => says(stream, text, { expires: LATER });
  const page = (stream: string) => history.page(stream, everything, {}, 100);
  const found = async (stream: string, query: string, before: Parameters<History['search']>[2] = null) =>
    (await history.search([{ stream, ranges: everything }], query, before, 2)).map(({ seq }) => seq);

  /** As the server does it by itself: by the date, and by nothing else. */
  const monitor = (now: number) => collections.contents.deleteMany({ goes: { $lte: new Date(now) } });

  it('is in no other collection, with its words, edits, and edits that have not been applied', async () => {
    const stream = uuidv7();
    await history.append([expiring(stream), edit(stream, 1, `${SECRET} edited`), react(stream, 1, '👍')]);
    const unapplied = edit(stream, 1, `${SECRET} unapplied`);
    const document = { ...encode(unapplied), seq: 4, of: `${stream}/1`, amends: pending(unapplied.amends!) };
    await collections.events.insertOne(parted(document, LATER).event);
    for (const name of ['events', 'reactions', 'heads'] as const)
      assert.ok(!JSON.stringify(await collections[name].find().toArray()).includes(SECRET), name);
    const [message] = await page(stream);
    assert.equal(JSON.parse(message!.body).content.text, SECRET);
    assert.deepEqual(message!.fold?.edited?.content, { type: 'text', text: `${SECRET} edited` });
  });

  it('goes an hour after it was due, or after it came when it was due before; not when it does not expire', async () => {
    const stream = uuidv7();
    const from = Date.now();
    await history.append([expiring(stream), says(stream, SECRET, { expires: 5 }), says(stream, SECRET)]);
    const goes = (await collections.contents.find({}, { sort: { seq: 1 } }).toArray()).map((one) =>
      one.goes.getTime(),
    );
    assert.equal(goes.length, 2);
    assert.equal(goes[0], LATER + HOUR_MS);
    assert.ok(goes[1]! >= from + HOUR_MS && goes[1]! <= Date.now() + HOUR_MS);
  });

  it('is what an index says when to remove, on a server that can', async () => {
    const index = (await collections.contents.indexes()).find(({ name }) => name === 'goes');
    assert.deepEqual(index?.key, { goes: 1 });
    const info = await mongo.database.admin().command({ buildInfo: 1 });
    if (!('ferretdb' in info || 'ferretdbVersion' in info)) assert.equal(index?.expireAfterSeconds, 0);
  });

  it('gone without a sweeper: the numbered envelope stays, as if it had been swept', async () => {
    const stream = uuidv7();
    const made = expiring(stream, `${SECRET} one`);
    await history.append([
      made,
      edit(stream, 1, `${SECRET} two`),
      says(stream, 'stays'),
      react(stream, 1, '👍'),
    ]);
    assert.deepEqual(await found(stream, SECRET), [1]);
    await monitor(LATER + HOUR_MS - 1);
    assert.deepEqual(await found(stream, SECRET), [1]);
    await monitor(LATER + HOUR_MS);
    const command = { user: made.sender.user, id: made.id };
    const [repeated] = await history.append([made]);
    const shown = [
      (await page(stream))[0]!,
      (await history.get(stream, 1))!,
      (await history.read(stream, 0, 10, 1e6))[0]!,
      (await history.lookup([command]))[0]!,
      (await history.heads([stream])).get(stream)!.last!,
      repeated!.duplicate ? repeated!.event : assert.fail('stored twice'),
    ];
    for (const event of shown.toSpliced(4, 1)) {
      const body = JSON.parse(event.body);
      assert.deepEqual([event.seq, event.expires, body.expired, body.content], [1, null, true, undefined]);
      assert.deepEqual([body.id, body.conversation, body.sender], [made.id, stream, made.sender]);
    }
    assert.equal(shown[4]!.seq, 3);
    assert.ok(!JSON.stringify([shown, await page(stream)]).includes(SECRET));
    assert.equal((await page(stream))[0]!.fold, null);
    assert.deepEqual(
      (await page(stream)).map(({ seq }) => seq),
      [1, 2, 3, 4],
    );
    assert.deepEqual([await found(stream, SECRET), await found(stream, 'stays')], [[], [3]]);
    assert.equal(await collections.contents.countDocuments(), 0);
    // A sweeper that comes then still says what has gone, once.
    const seqs = (await history.expire(LATER, 10)).map(({ seq }) => seq);
    assert.deepEqual(seqs, [1, 2]);
    assert.deepEqual(await history.expire(LATER, 10), []);
  });

  it('gone before an edit of it was applied: the edit changes nothing', async () => {
    const stream = uuidv7();
    await history.append([expiring(stream)]);
    const unapplied = edit(stream, 1, `${SECRET} unapplied`);
    const document = { ...encode(unapplied), seq: 2, of: `${stream}/1`, amends: pending(unapplied.amends!) };
    const { event, content } = parted({ ...document, expires: LATER }, LATER);
    await collections.contents.insertOne(content);
    await collections.events.insertOne(event);
    await monitor(LATER + HOUR_MS);
    await history.expire(0, 10);
    assert.equal(await collections.events.countDocuments({ 'amends.kind': { $exists: true } }), 0);
    assert.ok((await page(stream)).every(({ body, fold }) => JSON.parse(body).expired && fold === null));
  });

  it('an edit that was left to be applied is, from where its content is', async () => {
    const stream = uuidv7();
    await history.append([expiring(stream)]);
    const left = edit(stream, 1, 'newest');
    const document = { ...encode(left), seq: 2, of: `${stream}/1`, amends: pending(left.amends!) };
    const { event, content } = parted({ ...document, expires: LATER }, LATER);
    await collections.contents.insertOne(content);
    await collections.events.insertOne(event);
    await history.expire(0, 10);
    assert.deepEqual((await page(stream))[0]!.fold?.edited?.content, { type: 'text', text: 'newest' });
    assert.deepEqual([await found(stream, 'newest'), await found(stream, SECRET)], [[1], []]);
  });

  it('deleted: its content goes at once, also what failed attempts have left of it', async () => {
    const stream = uuidv7();
    const made = expiring(stream);
    await collections.contents.insertOne(parted({ ...encode(made), seq: 1 }, LATER).content);
    assert.deepEqual(await found(stream, SECRET), []);
    await history.append([made, edit(stream, 1, SECRET)]);
    assert.deepEqual(await found(stream, SECRET), [1]);
    await history.append([remove(stream, 1)]);
    assert.equal(await collections.contents.countDocuments(), 0);
    const bodies = (await page(stream)).map(({ body }) => JSON.parse(body));
    assert.deepEqual(
      bodies.map(({ deleted, expired }) => [deleted, expired]),
      [
        [true, undefined],
        [true, undefined],
        [undefined, undefined],
      ],
    );
  });

  it('deleted between the event and its content, as a read sees it: it says deleted', async () => {
    const stream = uuidv7();
    await history.append([expiring(stream)]);
    const read = await collections.events.find({ stream }).toArray();
    await history.append([remove(stream, 1)]);
    const [event] = await whole(collections, read);
    assert.equal(JSON.parse(event!.body).deleted, true);
  });

  it('a command that comes again leaves nothing, and gets the first answer', async () => {
    const stream = uuidv7();
    const made = expiring(stream);
    await history.append([made]);
    const again = { ...made, body: made.body.replace(SECRET, 'another') };
    const results = await history.append([again, expiring(stream, 'next')]);
    assert.ok(results[0]!.duplicate && results[0]!.event.body === made.body);
    assert.deepEqual(results[1], { duplicate: false, seq: 2 });
    assert.equal(await collections.contents.countDocuments(), 2);
  });

  it('is found among what stays, newest first, in pages', async () => {
    const stream = uuidv7();
    await history.append(
      Array.from({ length: 6 }, (_, i) =>
        says(stream, `plum ${i}`, { time: i, expires: i % 2 === 0 ? LATER : null }),
      ),
    );
    assert.deepEqual(await found(stream, 'plum'), [6, 5]);
    assert.deepEqual(await found(stream, 'plum', { time: 4, stream, seq: 5 }), [4, 3]);
    assert.deepEqual(await found(stream, '"plum 2" plum'), [3]);
  });

  it('is read within the bytes that were asked for', async () => {
    const stream = uuidv7();
    const body = JSON.stringify({ v: 1, content: 'x'.repeat(1_000) });
    await history.append([1, 2, 3].map(() => draft({ stream, body, expires: LATER })));
    assert.equal((await history.read(stream, 0, 10, 2_500)).length, 2);
  });

  it('stored by an earlier version, within its event: is read, edited, found and swept', async () => {
    const stream = uuidv7();
    await collections.events.insertOne({ ...encode(expiring(stream)), seq: 1 });
    await history.append([edit(stream, 1, 'newest')]);
    assert.deepEqual((await page(stream))[0]!.fold?.edited?.content, { type: 'text', text: 'newest' });
    assert.deepEqual(await found(stream, 'newest'), [1]);
    assert.equal((await history.expire(LATER, 10)).length, 2);
    const left = [await collections.events.find().toArray(), await collections.contents.find().toArray()];
    assert.doesNotMatch(JSON.stringify(left), /newest|xyzzy/);
  });
});
