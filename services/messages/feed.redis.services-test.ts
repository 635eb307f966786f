import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { refusal } from '../../protocol/errors.ts';
import type { RunningEngine } from '../../test/engines/engine.ts';
import { startRedis } from '../../test/engines/redis.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { feedConformance } from './feed.conformance.ts';
import { feedConsumingConformance } from './feed.consuming.conformance.ts';
import { RedisFeed } from './feed.redis.ts';
import type { FeedReader, Tidings } from './feed.ts';
import type { StreamedEvent } from './history.ts';
import { openRedis, ownRedis } from './redis/fixtures.ts';

const { url, skip } = sharedEngine('redis');

/** Keeps what it is told; of plain events, those of the streams it wants. */
class Reader implements FeedReader {
  readonly erased: string[] = [];
  gaps = 0;
  wants(): boolean {
    return true;
  }
  read({ erased = [] }: Tidings): void {
    this.erased.push(...erased);
  }
  onGap(): void {
    this.gaps++;
  }
}

const until = async (done: () => boolean) => {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 10));
};
const ids = (count: number) => Array.from({ length: count }, () => uuidv7());

const event = (stream: string, seq: number): StreamedEvent => ({
  ...{ stream, seq, type: 'message', id: uuidv7(), time: 1, body: '{}', expires: null },
  sender: { user: uuidv7(), device: uuidv7() },
});

/** The same event stream as two processes have it. */
async function two() {
  const { redis, engine, dispose } = await ownRedis(url);
  const second = await openRedis(`${url}?prefix=${redis.prefix}`);
  const passedOver: [string, string][] = [];
  const options = {
    retryMaxMs: 200,
    onPassedOver: (name: string, { id }: StreamedEvent) => passedOver.push([name, id]),
  };
  const [feed, other] = [
    new RedisFeed(redis, engine, options),
    new RedisFeed(second.redis, second.engine, options),
  ];
  return {
    feed,
    other,
    passedOver,
    dispose: async () => {
      await Promise.all([feed.close(), other.close()]);
      await second.redis.close();
      await dispose();
    },
  };
}

describe('The event stream in Redis', { skip }, () => {
  feedConformance('Redis', two);
  feedConsumingConformance('Redis', async () => ({ ...(await two()), keeps: true }));

  it('brings everything that is written from then on to every reader, in order within a stream', async () => {
    const { redis, engine, dispose } = await ownRedis(url);
    const feed = new RedisFeed(redis, engine);
    const other = new RedisFeed(redis, engine);
    await feed.write({ erased: ids(3) });
    const [here, there] = [new Reader(), new Reader()];
    await feed.follow(here);
    await other.follow(there);
    const answers: string[] = [];
    const device = uuidv7();
    await feed.follow({
      wants: () => false,
      read: (tidings) => void answers.push(...(tidings.answers ?? []).map(({ command }) => command)),
      onGap: () => {},
    });
    const erased = ids(1_000);
    const commands = ids(1_200);
    const outcome = { ok: false as const, error: refusal('not_found') };
    await feed.write({ erased });
    for (let i = 0; i < commands.length; i += 400) {
      const some = commands.slice(i, i + 400);
      await feed.write({
        answers: some.map((command) => ({ to: { user: 'u', device }, command, outcome })),
      });
    }
    await until(() => here.erased.length >= 1_000 && there.erased.length >= 1_000 && answers.length >= 1_200);
    assert.deepEqual(here.erased.toSorted(), erased.toSorted());
    assert.deepEqual(there.erased.toSorted(), erased.toSorted());
    assert.deepEqual(answers, commands);
    assert.equal(here.gaps + there.gaps, 0);
    await feed.close();
    await other.close();
    await dispose();
  });

  it('is told no more after it stopped', async () => {
    const { redis, engine, dispose } = await ownRedis(url);
    const feed = new RedisFeed(redis, engine);
    const [stopped, going] = [new Reader(), new Reader()];
    const following = await feed.follow(stopped);
    await feed.follow(going);
    await following.stop();
    await feed.write({ erased: ids(1) });
    await until(() => going.erased.length === 1);
    assert.equal(stopped.erased.length, 0);
    await feed.close();
    await dispose();
  });

  it('keeps a bounded number of records', async () => {
    const { redis, engine, dispose } = await ownRedis(url);
    const feed = new RedisFeed(redis, engine, { streams: 1, mostRecords: 100 });
    for (let i = 0; i < 10; i++) await feed.write({ erased: ids(200) });
    assert.ok((await redis.client.xlen(`${redis.prefix}feed:{0}`)) < 400);
    await dispose();
  });

  const own = async (work: (server: RunningEngine) => Promise<void>) => {
    const server = await startRedis();
    try {
      await work(server);
    } finally {
      server.thaw();
      await server.dispose();
    }
  };
  /** Writes until it is heard. */
  const heard = async (feed: RedisFeed, reader: Reader) => {
    for (const before = reader.erased.length; reader.erased.length === before; ) {
      await feed.write({ erased: ids(1) }).catch((error) => assert.equal(error.refusal?.code, 'unavailable'));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  it('reads on after the server was gone, and misses nothing', () =>
    own(async (server) => {
      const { redis, engine, dispose } = await openRedis(server.url, 400);
      const feed = new RedisFeed(redis, engine, { blockMs: 200 });
      const reader = new Reader();
      await feed.follow(reader);
      await heard(feed, reader);
      await server.kill();
      await server.start();
      const written = ids(50);
      for (const id of written) {
        while (
          !(await feed.write({ erased: [id] }).then(
            () => true,
            () => false,
          ))
        )
          await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await until(() => written.every((id) => reader.erased.includes(id)));
      server.freeze();
      await assert.rejects(feed.write({ erased: ids(1) }), /unavailable/);
      server.thaw();
      await heard(feed, reader);
      await feed.close();
      await dispose();
    }));

  it('says that there is a gap when it was away for longer than the stream is kept', () =>
    own(async (server) => {
      const { redis, engine, dispose } = await openRedis(server.url, 400);
      const feed = new RedisFeed(redis, engine, { streams: 1, mostRecords: 100, blockMs: 200 });
      const reader = new Reader();
      await feed.follow(reader);
      await heard(feed, reader);
      // Its connections are cut, and what they could have brought is trimmed before they are back.
      await redis.client.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      const writer = await openRedis(server.url);
      const written = new RedisFeed(writer.redis, writer.engine, { streams: 1, mostRecords: 100 });
      await written.write({ erased: ids(3_000) });
      await until(() => reader.gaps > 0);
      await heard(written, reader);
      await feed.close();
      await writer.redis.close();
      await dispose();
    }));

  it('says that there is a gap when the server has lost everything, and hears what comes then', () =>
    own(async (server) => {
      const { redis, engine, dispose } = await openRedis(server.url, 400);
      const feed = new RedisFeed(redis, engine, { streams: 1, blockMs: 100 });
      const reader = new Reader();
      await feed.follow(reader);
      await feed.write({ erased: ids(100) });
      await until(() => reader.erased.length === 100);
      await redis.client.flushall();
      await until(() => reader.gaps > 0);
      await heard(feed, reader);
      await feed.close();
      await dispose();
    }));

  it('passes over what it cannot read, says so without a word of it, and brings the rest', async () => {
    const { redis, engine, dispose } = await ownRedis(url);
    const failures: unknown[] = [];
    const feed = new RedisFeed(redis, engine, { streams: 1, onFailure: (error) => failures.push(error) });
    const reader = new Reader();
    await feed.follow(reader);
    const key = `${redis.prefix}feed:{0}`;
    await redis.client.xadd(key, '1-0', 'k', 'stream', 'v', 'e{"the secret');
    await redis.client.set(`${key}:last`, 1);
    const [id] = ids(1);
    await feed.write({ erased: [id!] });
    await until(() => reader.erased.length > 0);
    assert.deepEqual(reader.erased, [id]);
    assert.equal(reader.gaps, 1);
    assert.equal(failures.length, 1);
    assert.doesNotMatch(String(failures[0]), /secret/);
    await feed.close();
    await dispose();
  });

  it('does not grow for whoever consumes slowly: who falls behind goes on at the first record there is, and is told', async () => {
    const { redis, engine, dispose } = await ownRedis(url);
    const missed: [string, number][] = [];
    const feed = new RedisFeed(redis, engine, {
      ...{ streams: 1, mostRecords: 100, maxBatch: 10 },
      onMissed: (...one) => missed.push(one),
    });
    const gate = Promise.withResolvers<void>();
    const seqs: number[] = [];
    const consuming = await feed.consume('slow', async (batch) => {
      seqs.push(...batch.map(({ seq }) => seq));
      await gate.promise;
    });
    const stream = uuidv7();
    const count = 2_000;
    for (let seq = 1; seq <= count; seq += 200)
      await feed.write({ events: Array.from({ length: 200 }, (_, i) => event(stream, seq + i)) });
    assert.ok((await redis.client.xlen(`${redis.prefix}feed:{0}`)) < 400);
    await until(() => consuming.lag === count);
    assert.equal(feed.lags.get('slow'), count);
    gate.resolve();
    await until(() => seqs.at(-1) === count);
    assert.deepEqual(
      seqs,
      seqs.toSorted((a, b) => a - b),
    );
    assert.ok(seqs.length < 500);
    assert.equal(
      missed.reduce((sum, [, some]) => sum + some, 0),
      count - seqs.length,
    );
    await feed.close();
    await dispose();
  });

  it('hands over to another process when one dies, and neither repeats much nor leaves anything out', async () => {
    const { redis, engine, dispose } = await ownRedis(url);
    const second = await openRedis(`${url}?prefix=${redis.prefix}`);
    const [dying, living] = [redis, second.redis].map(
      (one) => new RedisFeed(one, one === redis ? engine : second.engine, { leaseMs: 500, retryMaxMs: 100 }),
    ) as [RedisFeed, RedisFeed];
    const reached = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    // What it has begun is not finished while anybody looks.
    await dying.consume('one', () => {
      reached.resolve();
      return end.promise;
    });
    const events = ids(50).map((stream) => event(stream, 1));
    await living.write({ events });
    await reached.promise;
    redis.client.disconnect();
    const got = new Set<string>();
    await living.consume('one', async (batch) => {
      for (const { id } of batch) got.add(id);
    });
    await until(() => events.every(({ id }) => got.has(id)));
    end.resolve();
    await Promise.all([dying.close(), living.close()]);
    await redis.client.connect();
    await second.redis.close();
    await dispose();
  });
});
