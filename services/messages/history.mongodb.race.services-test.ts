import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { openMongo } from '../../platform/mongodb/client.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { seqOf } from './history.conformance.ts';
import type { EventDraft, History } from './history.ts';
import { applyAmendments } from './mongodb/amending.ts';
import { Appending } from './mongodb/appending.ts';
import { type Collections, commandKey, openCollections, pending } from './mongodb/documents.ts';
import { type TemporaryMongo, temporaryMongo } from './mongodb/fixtures/temporary.ts';
import { draft, edit, everything, react, says } from './samples.ts';

const { url, skip } = sharedEngine('mongodb');
const deadlineMs = 30_000;

describe('several processes write to one stream on MongoDB', { skip }, () => {
  let mongo: TemporaryMongo;
  let history: History;
  let collections: Collections;
  let close: () => Promise<void>;
  before(async () => {
    mongo = await temporaryMongo(url);
    history = await mongo.open();
    const opened = await openMongo({ url, database: mongo.database.databaseName, deadlineMs });
    collections = await openCollections(opened);
    close = opened.close;
  });
  after(async () => {
    await close();
    await mongo.dispose();
  });

  /** One that falls asleep, each time as long as it is told, when it has numbered its events and not yet written them. */
  function sleepy(pauses: number[]): Appending {
    let next = 0;
    const events = new Proxy(collections.events, {
      get(target, name) {
        const member = Reflect.get(target, name);
        if (name !== 'insertMany') return typeof member === 'function' ? member.bind(target) : member;
        return async (...args: Parameters<typeof target.insertMany>) => {
          await pause(pauses[next++ % pauses.length]);
          return target.insertMany(...args);
        };
      },
    });
    return new Appending({ ...collections, events }, { mostInserted: 100, deadlineMs });
  }

  const all = (stream: string) => history.read(stream, 0, 10_000, 1e9);

  it('gapless, every command once, each caller in its order, all told the same', async () => {
    const writer = fc.record({
      pauses: fc.array(fc.nat(25), { minLength: 1, maxLength: 6 }),
      // By index into the commands; the other writers have some of the same.
      calls: fc.array(fc.array(fc.nat(19), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
    });
    const property = fc.asyncProperty(fc.array(writer, { minLength: 2, maxLength: 4 }), async (writers) => {
      await mongo.empty();
      const streams = [uuidv7(), uuidv7()];
      const commands: EventDraft[] = Array.from({ length: 20 }, (_, i) => draft({ stream: streams[i % 2]! }));
      const told = new Map<string, number>();
      const fresh: string[] = [];
      const orders: string[][] = [];
      await Promise.all(
        writers.map(async ({ pauses, calls }) => {
          const appending = sleepy(pauses);
          for (const call of calls) {
            const drafts = call.map((i) => commands[i]!);
            const results = await appending.append(drafts);
            const mine: string[] = [];
            for (const [i, result] of results.entries()) {
              const { id } = drafts[i]!;
              assert.equal(told.get(id) ?? seqOf(result), seqOf(result), 'one command, two numbers');
              told.set(id, seqOf(result));
              if (!result.duplicate) mine.push(id);
            }
            fresh.push(...mine);
            orders.push(mine);
          }
        }),
      );
      const stored = (await Promise.all(streams.map(all))).flat();
      for (const stream of streams) {
        const seqs = stored.filter((event) => event.stream === stream).map(({ seq }) => seq);
        assert.deepEqual(
          seqs,
          seqs.map((_, i) => i + 1),
        );
      }
      assert.deepEqual(new Map(stored.map(({ id, seq }) => [id, seq])), told);
      assert.equal(stored.length, told.size);
      assert.deepEqual(fresh.toSorted(), [...told.keys()].sort(), 'told to exactly one that it is new');
      for (const stream of streams) {
        const known = new Map(stored.filter((e) => e.stream === stream).map(({ id, seq }) => [id, seq]));
        for (const order of orders) {
          const seqs = order.flatMap((id) => known.get(id) ?? []);
          assert.deepEqual(
            seqs,
            seqs.toSorted((a, b) => a - b),
          );
        }
      }
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it('one that slept while others went on for long cannot write under numbers that are taken', async () => {
    const stream = uuidv7();
    const late = sleepy([400]);
    const drafts = [says(stream, 'late one'), says(stream, 'late two')];
    const sleeping = late.append(drafts);
    const awake = await mongo.open();
    for (let i = 0; i < 10; i++) await awake.append([draft({ stream })]);
    assert.deepEqual((await sleeping).map(seqOf), [11, 12]);
    assert.deepEqual(
      (await all(stream)).map(({ seq }) => seq),
      Array.from({ length: 12 }, (_, i) => i + 1),
    );
    assert.equal((await history.heads([stream])).get(stream)?.seq, 12);
  });

  it('two that amend one message leave what the later events say', async () => {
    const stream = uuidv7();
    const [one, two] = [sleepy([5, 0, 9]), sleepy([0, 7, 3])];
    const reader = { user: uuidv7(), device: null };
    await one.append([says(stream, 'first')]);
    const emoji = ['👍', '🎉', null, '👀'];
    await Promise.all(
      [one, two].map(async (writer, w) => {
        for (let i = 0; i < 6; i++)
          await writer.append([
            edit(stream, 1, `by ${w}, ${i}`, { time: i }),
            react(stream, 1, emoji[(i + w) % emoji.length]!, { sender: reader, time: i }),
          ]);
      }),
    );
    const events = (await all(stream)).map(({ body }) => JSON.parse(body));
    const fold = (await history.get(stream, 1))!.fold!;
    const last = events.findLast(({ type }) => type === 'message.edited');
    assert.deepEqual([fold.edited?.content, fold.edited?.count], [last.content, 12]);
    const reaction = events.findLast(({ type }) => type === 'message.reaction').emoji;
    assert.deepEqual(
      fold.reactions?.map((group) => group.emoji),
      reaction === null ? undefined : [reaction],
    );
  });

  it('an amendment that is applied late, or twice, changes nothing that a later one made', async () => {
    const stream = uuidv7();
    const sender = { user: uuidv7(), device: null };
    const drafts = [
      says(stream, 'first'),
      edit(stream, 1, 'old', { time: 5 }),
      react(stream, 1, '👍', { sender, time: 5 }),
      edit(stream, 1, 'new', { time: 6 }),
      react(stream, 1, '🎉', { sender, time: 6 }),
    ];
    await history.append(drafts);
    const before = await history.get(stream, 1);
    assert.deepEqual(before?.fold, {
      edited: { at: 6, content: { type: 'text', text: 'new' }, count: 2 },
      reactions: [{ emoji: '🎉', count: 1, users: [sender.user] }],
    });
    const late = drafts.slice(1, 3).map((one, i) => ({
      _id: commandKey(one.sender.user, one.id),
      stream,
      seq: 2 + i,
      amends: pending(one.amends!),
    }));
    await applyAmendments(collections, late);
    await applyAmendments(collections, late);
    assert.deepEqual(await history.get(stream, 1), before);
    const found = await history.search([{ stream, ranges: everything }], 'new', null, 10);
    assert.equal(found.length, 1);
  });
});
