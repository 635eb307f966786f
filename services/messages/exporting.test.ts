import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { drafts, elsewhere, group, waiting, write } from './fixtures/sample.ts';
import { draft, edit, everything, react, remove, says } from './samples.ts';
import { type MessagesDatabase, openMessagesDatabase } from './sqlite.ts';

describe('What a messages.db holds, page by page', () => {
  let folder: string;
  let database: MessagesDatabase;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-export-'));
    await write(join(folder, 'messages.db'));
    database = await openMessagesDatabase(join(folder, 'messages.db'));
  });
  after(async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is every event as the port has it, with what is kept with it, in the order of storing', async () => {
    const { exporting, history } = database;
    const events = [];
    for (let after = 0; ; after = events.at(-1)!.n) {
      const page = await exporting.events(after, 2, 1_000_000);
      events.push(...page);
      if (page.length === 0) break;
    }
    assert.deepEqual(
      events.map(({ id }) => id),
      [...drafts, elsewhere].map(({ id }) => id),
    );
    for (const {
      n: _,
      text: __,
      removed: ___,
      target: ____,
      edited: _____,
      reacted: ______,
      ...stored
    } of events) {
      const { fold: _fold, ...found } = (await history.get(stored.stream, stored.seq))!;
      assert.deepEqual(stored, found);
    }
    assert.deepEqual(
      events.map(({ text, removed, target, edited, reacted }) => [
        text,
        removed,
        target,
        edited?.by ?? null,
        reacted,
      ]),
      [
        ['Grüße aus der Halle 👋', null, null, null, true],
        ['the valve leaks', null, null, 3, false],
        [null, null, 2, null, false],
        [null, null, null, null, false],
        [null, 'deleted', null, null, false],
        [null, null, null, null, false],
        [null, 'expired', null, null, false],
        ['gone tomorrow', null, null, null, false],
        ['the pump is mine', null, null, null, false],
      ],
    );
    assert.deepEqual(JSON.parse(events[1]!.edited!.content), { type: 'text', text: 'the valve leaks' });
  });

  it('says of an edited message which event edited it last, and goes by bytes too', async () => {
    const { exporting, history } = await openMessagesDatabase(join(folder, 'other.db')).then((opened) => {
      after(() => opened.close());
      return opened;
    });
    const [one, two] = [says('s', 'a'), says('t', 'b')];
    await history.append([
      one,
      two,
      edit('s', 1, 'c'),
      edit('t', 1, 'x'),
      edit('s', 1, 'd'),
      draft({ stream: 's' }),
    ]);
    const [first, second] = await exporting.events(0, 10, 1_000_000);
    assert.deepEqual(first!.edited, { ...first!.edited!, by: 3, count: 2 });
    assert.deepEqual([second!.edited!.by, second!.edited!.count], [2, 1]);
    assert.equal((await exporting.events(0, 10, 1)).length, 1);
    for (let user = 0; user < 5; user++) await history.append([react('s', 1, '👍'), react('t', 1, '😂')]);
    const reactions = [];
    for (let place: [number, number] = [0, 0]; ; place = reactions.at(-1)!.place) {
      const page = await exporting.reactions(place, 3);
      reactions.push(...page);
      if (page.length < 3) break;
    }
    assert.deepEqual(
      reactions.map(({ stream, seq, emoji }) => `${stream} ${seq} ${emoji}`),
      [...Array(5).fill('s 1 👍'), ...Array(5).fill('t 1 😂')],
    );
    await history.append([remove('t', 1)]);
    assert.equal((await exporting.reactions([0, 0], 100)).length, 5);
  });

  it('names who has events, cursors, receipts and reads, and counts what waits in the log', async () => {
    const { exporting, history, cursors } = database;
    const names = async (page: typeof exporting.streams) => {
      const found = [];
      for (let after = 0; ; after = found.at(-1)!.n) {
        const one = await page(after, 1);
        if (one.length === 0) return found.map(({ name }) => name);
        found.push(...one);
      }
    };
    assert.deepEqual((await names(exporting.streams)).toSorted(), [elsewhere.stream, group].toSorted());
    for (const stream of await names(exporting.streams))
      assert.ok((await history.page(stream, everything, {}, 1)).length > 0);
    const devices = await names(exporting.devices);
    assert.equal(devices.length, 2);
    for (const device of devices) assert.ok((await cursors.ofDevice(device)).size > 0);
    assert.deepEqual(await names(exporting.receiptStreams), [group]);
    assert.deepEqual(await names(exporting.readers), [waiting.actor.user]);
    assert.equal(await exporting.waiting(), 1);
  });
});
