import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { sharedEngine } from '../../../test/engines/shared.ts';
import type { ExportedEvent, ExportedReaction } from '../exporting.ts';
import type { History } from '../history.ts';
import { edit, everything, react, remove, says } from '../samples.ts';
import { openMessagesDatabase } from '../sqlite.ts';
import { type Collections, openCollections } from './documents.ts';
import { type TemporaryMongo, temporaryMongo } from './fixtures/temporary.ts';
import { importEvents, importReactions } from './importing.ts';

const { url, skip } = sharedEngine('mongodb');
const MOST = 100;

describe('Events that another history has numbered', { skip }, () => {
  const folders: string[] = [];
  let mongo: TemporaryMongo;
  let history: History;
  let collections: Collections;
  before(async () => {
    mongo = await temporaryMongo(url);
    history = await mongo.open();
    collections = await openCollections({ db: mongo.database, mostInserted: MOST, close: async () => {} });
  });
  beforeEach(() => mongo.empty());
  after(async () => {
    await mongo.dispose();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  const bob = { user: 'bob', device: null };
  const drafts = [
    says('s', 'first'),
    says('t', 'elsewhere'),
    edit('s', 1, 'second'),
    react('s', 1, '👍', { sender: bob }),
    says('s', 'gone', { expires: 9_000 }),
  ];

  async function exported(): Promise<{ events: ExportedEvent[]; reactions: ExportedReaction[] }> {
    const folder = await mkdtemp(join(tmpdir(), 'dunlin-import-'));
    folders.push(folder);
    const { history: from, exporting, close } = await openMessagesDatabase(join(folder, 'messages.db'));
    await from.append(drafts);
    const events = await exporting.events(0, 100, 1_000_000);
    const reactions = await exporting.reactions([0, 0], 100);
    await close();
    return { events, reactions };
  }

  const whole = () => history.page('s', everything, {}, 100);

  it('are stored as they are, and again without a change, also half of them', async () => {
    const { events, reactions } = await exported();
    await importEvents(collections, events.slice(0, 3), MOST);
    await importEvents(collections, events, MOST);
    await importReactions(collections, reactions, MOST);
    const before = await whole();
    assert.deepEqual(
      before.map(({ seq, id }) => [seq, id]),
      events.filter(({ stream }) => stream === 's').map(({ seq, id }) => [seq, id]),
    );
    assert.deepEqual(before[0]!.fold?.reactions, [{ emoji: '👍', count: 1, users: ['bob'] }]);
    await importEvents(collections, events, MOST);
    await importReactions(collections, reactions, MOST);
    assert.deepEqual(await whole(), before);
    assert.deepEqual((await history.heads(['s'])).get('s')!.seq, 4);
  });

  it('keep what expires apart, once, however often they come', async () => {
    const { events } = await exported();
    const contents = async () =>
      (await collections.contents.find().toArray()).map(({ of, body }) => [
        of,
        JSON.parse(body).content.text,
      ]);
    const [ofT, ofS] = ['t', 's'].map((name) => events.filter(({ stream }) => stream === name));
    await importEvents(collections, ofT!, MOST);
    assert.deepEqual(await contents(), []);
    for (let times = 0; times < 2; times++) {
      // The last one is there: those before it in the same insert are new the first time.
      await importEvents(collections, [...ofS!, ...ofT!], MOST);
      assert.deepEqual(await contents(), [['s/4', 'gone']]);
    }
    assert.doesNotMatch(JSON.stringify(await collections.events.find().toArray()), /gone/);
    assert.equal(JSON.parse((await whole())[3]!.body).content.text, 'gone');
  });

  it('leave no number out, and take nobody else’s', async () => {
    const { events } = await exported();
    const ofS = events.filter(({ stream }) => stream === 's');
    await assert.rejects(
      importEvents(collections, ofS.slice(1), MOST),
      /event 2 of s does not follow event 0/,
    );
    await assert.rejects(
      importEvents(collections, [ofS[0]!, ofS[2]!], MOST),
      /event 3 of s does not follow event 1/,
    );
    assert.equal(await collections.events.countDocuments(), 0);
    await history.append([says('s', 'live')]);
    await assert.rejects(importEvents(collections, ofS, MOST), /event 1 of s: its number, or its command/);
    assert.deepEqual(
      (await whole()).map(({ body }) => JSON.parse(body).content.text),
      ['live'],
    );
  });

  it('are gone on with: numbers, edits, reactions, deletion and expiry', async () => {
    const { events, reactions } = await exported();
    await importEvents(collections, events, MOST);
    await importReactions(collections, reactions, MOST);
    const [repeated] = await history.append([drafts[0]!]);
    assert.ok(repeated!.duplicate && repeated!.event.seq === 1);
    const more = [edit('s', 1, 'third'), react('s', 1, '😂', { sender: bob }), says('t', 'next')];
    const appended = await history.append(more);
    assert.deepEqual(
      appended.map((one) => !one.duplicate && one.seq),
      [5, 6, 2],
    );
    const [message] = await whole();
    assert.deepEqual(message!.fold?.edited?.content, { type: 'text', text: 'third' });
    assert.equal(message!.fold?.edited?.count, 2);
    assert.deepEqual(message!.fold?.reactions, [{ emoji: '😂', count: 1, users: ['bob'] }]);
    const find = async (query: string) =>
      (await history.search([{ stream: 's', ranges: everything }], query, null, 10)).map(({ seq }) => seq);
    assert.deepEqual([await find('third'), await find('first'), await find('gone')], [[1], [], [4]]);
    await history.append([remove('s', 1)]);
    assert.deepEqual(await history.expire(9_000, 10), [{ stream: 's', seq: 4 }]);
    const after = await whole();
    for (const seq of [1, 2, 4, 5]) assert.doesNotMatch(after[seq - 1]!.body, /first|second|third|gone/);
    assert.equal(after[0]!.fold, null);
    assert.equal(await collections.reactions.countDocuments(), 0);
  });
});
