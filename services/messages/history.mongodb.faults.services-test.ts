import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { within } from '../../platform/within.ts';
import { Refused } from '../../protocol/errors.ts';
import type { RunningEngine } from '../../test/engines/engine.ts';
import { mongodb, mongodbIsElsewhere } from '../../test/engines/mongodb.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { seqOf } from './history.conformance.ts';
import type { EventDraft, History } from './history.ts';
import { commandKey, openCollections } from './mongodb/documents.ts';
import { type TemporaryMongo, temporaryMongo } from './mongodb/fixtures/temporary.ts';
import { draft, edit, everything, react, remove, says } from './samples.ts';

const skip = sharedEngine('mongodb').skip || mongodbIsElsewhere;
const DEADLINE_MS = 1_500;
/** Far more than the deadline: what has not ended by then hangs. */
const HANGS_MS = 20_000;

describe('MongoDB in trouble', { skip }, () => {
  let server: RunningEngine;
  let mongo: TemporaryMongo;
  let history: History;
  before(async () => {
    await mongodb.prepare();
    server = await mongodb.start();
    mongo = await temporaryMongo(server.url, DEADLINE_MS);
    history = await mongo.open();
  });
  beforeEach(() => mongo.empty());
  after(async () => {
    await mongo.dispose();
    await server.dispose();
  });

  /** Appends a call until it is stored, as the log brings it again. */
  async function retried(drafts: EventDraft[]): Promise<number[]> {
    for (;;) {
      try {
        return (await history.append(drafts)).map(seqOf);
      } catch (error) {
        assertUnavailable(error);
        await pause(100);
      }
    }
  }

  function assertUnavailable(error: unknown): void {
    assert.ok(error instanceof Refused && error.refusal.code === 'unavailable', String(error));
  }

  /** Goes on appending while `trouble` happens; then all of it is there once, gapless. */
  async function keepsAll(trouble: () => Promise<void>): Promise<void> {
    const streams = [uuidv7(), uuidv7()];
    let going = true;
    const writing = streams.map(async (stream) => {
      const made: EventDraft[] = [];
      let failed = 0;
      while (going) {
        const drafts = [draft({ stream }), draft({ stream }), draft({ stream })];
        made.push(...drafts);
        for (;;) {
          const call = history.append(drafts);
          assert.ok(
            await within(
              call.catch(() => {}),
              HANGS_MS,
            ),
            'a call hangs',
          );
          try {
            await call;
            break;
          } catch (error) {
            assertUnavailable(error);
            failed++;
            await pause(50);
          }
        }
      }
      return { stream, made, failed };
    });
    const ended = Promise.all(writing);
    ended.catch(() => {});
    try {
      await pause(150);
      await trouble();
      await pause(300);
    } finally {
      going = false;
    }
    const written = await ended;
    assert.ok(
      written.some(({ failed }) => failed > 0),
      'the trouble was not noticed',
    );
    for (const { stream, made } of written) {
      const events = await history.read(stream, 0, 100_000, 1e9);
      assert.deepEqual(
        events.map(({ seq }) => seq),
        made.map((_, i) => i + 1),
      );
      assert.deepEqual(
        events.map(({ id }) => id),
        made.map(({ id }) => id),
      );
    }
  }

  it('killed and started again: every call ends, each event is there once', async () => {
    await keepsAll(async () => {
      await server.kill();
      await pause(DEADLINE_MS);
      await server.start();
    });
  });

  it('frozen and thawed: every call ends, each event is there once', async () => {
    await keepsAll(async () => {
      server.freeze();
      await pause(3 * DEADLINE_MS);
      server.thaw();
    });
  });

  it('reads are refused while it is away, and answered when it is back', async () => {
    const stream = uuidv7();
    await retried([says(stream, 'hello')]);
    await server.kill();
    const reads = [
      () => history.read(stream, 0, 10, 1e6),
      () => history.page(stream, everything, {}, 10),
      () => history.heads([stream]),
      () => history.unread([{ stream, after: 0, to: null }], uuidv7(), 10),
      () => history.search([{ stream, ranges: everything }], 'hello', null, 10),
      () => history.lookup([{ user: uuidv7(), id: uuidv7() }]),
      () => history.expire(0, 10),
    ];
    try {
      for (const result of await Promise.allSettled(reads.map((read) => read()))) {
        assert.equal(result.status, 'rejected');
        assertUnavailable(result.reason);
      }
    } finally {
      await server.start();
    }
    for (;;) {
      try {
        assert.equal((await history.read(stream, 0, 10, 1e6)).length, 1);
        break;
      } catch (error) {
        assertUnavailable(error);
      }
    }
  });

  describe('a process that ended between storing an amendment and applying it', () => {
    /** Puts the amending event there as the insert of an append leaves it. */
    async function interrupted(amending: EventDraft, seq: number): Promise<void> {
      const { amends, sender, id, stream, type, time, body } = amending;
      const { events } = await openCollections({
        db: mongo.database,
        mostInserted: 1,
        close: async () => {},
      });
      const { content, ...rest } = amends as { content?: unknown };
      await events.insertOne({
        _id: commandKey(sender.user, id),
        stream,
        seq,
        type,
        user: sender.user,
        time,
        body,
        ...(amends?.kind === 'edit' ? { of: `${stream}/${amends.seq}` } : {}),
        amends: content === undefined ? amends : { ...rest, content: JSON.stringify(content) },
      } as never);
    }

    const ways: [string, (amending: EventDraft) => Promise<unknown>][] = [
      ['appended again', (amending) => history.append([amending])],
      ['looked up', ({ sender, id }) => history.lookup([{ user: sender.user, id }])],
      ['swept', () => history.expire(0, 100)],
    ];
    for (const [how, again] of ways) {
      it(`${how}: it is applied, once`, async () => {
        const stream = uuidv7();
        await retried([says(stream, 'before'), says(stream, 'secret'), edit(stream, 2, 'secret too')]);
        const amending = [edit(stream, 1, 'after'), react(stream, 1, '👍'), remove(stream, 2)];
        for (const [i, one] of amending.entries()) await interrupted(one, 4 + i);
        for (let times = 0; times < 2; times++) for (const one of amending) await again(one);
        const events = await history.page(stream, everything, {}, 10);
        assert.deepEqual(events[0]?.fold, {
          edited: { at: 1_000, content: { type: 'text', text: 'after' }, count: 1 },
          reactions: [{ emoji: '👍', count: 1, users: [amending[1]!.sender.user] }],
        });
        assert.ok(!JSON.stringify(events).includes('secret'));
        const found = await history.search([{ stream, ranges: everything }], 'after', null, 10);
        assert.deepEqual(
          found.map(({ seq }) => seq),
          [1],
        );
        assert.equal((await history.heads([stream])).get(stream)?.seq, 6);
        assert.equal((await history.append([draft({ stream })])).map(seqOf)[0], 7);
        assert.equal(
          await mongo.database.collection('events').countDocuments({ 'amends.kind': { $exists: true } }),
          0,
        );
      });
    }
  });
});
