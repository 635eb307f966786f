/** What a batch costs: statements, which are round trips, and documents written. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { sharedEngine } from '../../../test/engines/shared.ts';
import { everything, says } from '../samples.ts';
import { Appending } from './appending.ts';
import { type Collections, openCollections } from './documents.ts';
import { type TemporaryMongo, temporaryMongo } from './fixtures/temporary.ts';
import { Reading } from './reading.ts';

const { url, skip } = sharedEngine('mongodb');
const NAMES = ['events', 'reactions', 'heads', 'contents'] as const;

describe('Statements on MongoDB', { skip }, () => {
  let mongo: TemporaryMongo;
  let collections: Collections;
  const made: string[] = [];
  before(async () => {
    mongo = await temporaryMongo(url);
    collections = await openCollections({ db: mongo.database, mostInserted: 1_000, close: async () => {} });
    for (const name of NAMES) {
      const counted = new Proxy(collections[name], {
        get(target, member) {
          const value = Reflect.get(target, member);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) => {
            const documents = Array.isArray(args[0]) ? ` ${args[0].length}` : '';
            made.push(`${name} ${String(member)}${documents}`);
            return value.apply(target, args);
          };
        },
      });
      Object.assign(collections, { [name]: counted });
    }
  });
  after(() => mongo.dispose());

  const statements = async (work: () => Promise<unknown>) => {
    made.length = 0;
    await work();
    return [...made];
  };

  it('one for messages to as many conversations, and one for all their heads behind them', async () => {
    const appending = new Appending(collections, { mostInserted: 1_000, deadlineMs: 30_000 });
    const streams = Array.from({ length: 20 }, () => uuidv7());
    const say = () => statements(() => appending.append(streams.map((stream) => says(stream, 'hello'))));
    assert.deepEqual(await say(), ['heads find', 'events find', 'events insertMany 20']);
    const flush = () => statements(() => appending.flush());
    for (let seq = 2; seq < 8; seq++) assert.deepEqual(await say(), ['events insertMany 20']);
    assert.deepEqual(await flush(), []);
    for (let seq = 8; seq < 11; seq++) assert.deepEqual(await say(), ['events insertMany 20']);
    assert.deepEqual(await flush(), ['heads bulkWrite 20']);
    assert.deepEqual(await say(), ['events insertMany 20']);
    assert.deepEqual(await flush(), []);
  });

  it('one more for messages that expire, to write them and to read them', async () => {
    const appending = new Appending(collections, { mostInserted: 1_000, deadlineMs: 30_000 });
    const reading = new Reading(collections, 30_000);
    const [stream, other] = [uuidv7(), uuidv7()];
    const say = (expires: number | null) => appending.append([says(stream, 'hello', { expires })]);
    await say(null);
    await appending.append([says(other, 'hello')]);
    assert.deepEqual(await statements(() => say(Date.now() + 60_000)), [
      'contents insertMany 1',
      'events insertMany 1',
    ]);
    assert.deepEqual(await statements(() => reading.page(stream, everything, {}, 10)), [
      'events find',
      'contents find',
    ]);
    assert.deepEqual(await statements(() => reading.page(other, everything, {}, 10)), ['events find']);
  });
});
