import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sampleEvent } from '../messages/fixtures/sample-event.ts';
import { createNoticing } from './noticing.ts';
import type { PendingEvent } from './store.ts';

const CONVERSATION = 'c';
const place = (again: boolean) => ({ again, keep: () => () => {} });

/** A group of `there`, who is connected, and `away`, who is not; both can be reached. */
function stage(members: readonly string[]) {
  const noted: Omit<PendingEvent, 'after'>[] = [];
  const watched: number[] = [];
  const known = {
    conversation: { kind: 'group' },
    members: new Map(members.map((user) => [user, 'member'])),
  };
  const noticing = createNoticing({
    store: { noteEvents: async (events) => void noted.push(...events) },
    cache: { get: () => known as never },
    connected: { among: (users) => new Set(users.filter((user) => user === 'there')) },
    reach: { any: () => true, among: (users) => new Set(users), changed() {} },
    grace: { watch: (_, seq) => watched.push(seq) },
    clock: { now: () => 1 },
    onNoted() {},
  });
  return { noticing, noted: () => noted.map(({ seq, kind }) => [seq, kind]), watched };
}

describe('an event', () => {
  const message = sampleEvent(CONVERSATION);

  it('is written down when somebody is away, and watched when all are there', async () => {
    const some = stage(['there', 'away']);
    await some.noticing.handle([message], place(false));
    assert.deepEqual([some.noted(), some.watched], [[[message.seq, 'message']], []]);
    const all = stage(['there']);
    await all.noticing.handle([message], place(false));
    assert.deepEqual([all.noted(), all.watched], [[], [message.seq]]);
  });

  it('that a former process saw to is watched: the end of that one has disconnected everybody', async () => {
    const { noticing, noted, watched } = stage(['away']);
    const added = sampleEvent(CONVERSATION, { type: 'members.added', joined: ['away'] });
    await noticing.handle([message, added], place(true));
    assert.deepEqual([noted(), watched], [[], [message.seq]]);
  });

  it('that comes again because the partitions were dealt anew is written down once by one process', async () => {
    const { noticing, noted } = stage(['away']);
    for (let i = 0; i < 2; i++) await noticing.handle([message], place(false));
    const later = sampleEvent(CONVERSATION);
    await noticing.handle([message, later], place(false));
    assert.deepEqual(noted(), [
      [message.seq, 'message'],
      [later.seq, 'message'],
    ]);
  });
});
