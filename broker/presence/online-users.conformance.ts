import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { until } from '../nodes/fixtures/until.ts';
import type { OnlineUsers } from './online-users.ts';

export interface OnlineUnderTest {
  nodes: OnlineUsers[];
  close(): Promise<void>;
}

export function onlineUsersConformance(
  name: string,
  open: (count: number) => Promise<OnlineUnderTest>,
): void {
  describe(`who is online: ${name}`, () => {
    let world: OnlineUnderTest;
    let nodes: [OnlineUsers, OnlineUsers, OnlineUsers];
    let user: string;

    beforeEach(async () => {
      world = await open(3);
      nodes = world.nodes as typeof nodes;
      user = uuidv7();
    });
    afterEach(() => world.close());

    const seen = (by: OnlineUsers, online: boolean, who = user) =>
      until(async () => (await by.online(who)) === online, `${who} ${online ? 'online' : 'offline'}`);
    const told = (by: OnlineUsers) => {
      const list: [string, boolean][] = [];
      by.onChange((who, online) => list.push([who, online]));
      return list;
    };

    it('is known at once where the device is, and soon everywhere', async () => {
      const [a, b, c] = nodes;
      assert.equal(await a.online(user), false);
      a.came(user);
      assert.equal(a.online(user), true);
      for (const node of [b, c]) await seen(node, true);
      a.left(user);
      for (const node of nodes) await seen(node, false);
    });

    it('is told of many at once', async () => {
      const [a, b] = nodes;
      const others = Array.from({ length: 700 }, () => uuidv7());
      a.came(user);
      b.came(others[650]!);
      await seen(a, true, others[650]);
      assert.deepEqual(new Set(await a.among([...others, user])), new Set([user, others[650]]));
      assert.deepEqual(new Set(await a.among([])), new Set());
      b.left(others[650]!);
      await seen(a, false, others[650]);
      assert.deepEqual(new Set(await a.among([others[650]!, user])), new Set([user]));
    });

    it('is as long as there is a device at any node', async () => {
      const [a, b, c] = nodes;
      c.watch(user);
      await seen(c, false);
      const changes = told(c);
      a.came(user);
      a.came(user);
      await seen(c, true);
      b.came(user);
      // Behind it on its way: when that is there, this is.
      const mark = uuidv7();
      b.came(mark);
      await seen(c, true, mark);
      a.left(user);
      a.came(mark);
      b.left(mark);
      a.left(mark);
      await seen(c, false, mark);
      assert.equal(await c.online(user), true);
      assert.equal(await a.online(user), true);
      assert.deepEqual(changes, [[user, true]]);
      b.left(user);
      b.left(user);
      await seen(c, false);
      assert.deepEqual(changes, [
        [user, true],
        [user, false],
      ]);
    });

    it('is told to those who watch, and only of whom they watch', async () => {
      const [a, b] = nodes;
      const other = uuidv7();
      b.watch(user);
      b.watch(user);
      assert.equal(await b.online(user), false);
      const changes = told(b);
      a.came(other);
      a.came(user);
      await until(() => changes.length > 0);
      await seen(b, true, other);
      b.unwatch(user);
      a.left(user);
      await seen(b, false);
      b.watch(other);
      assert.equal(await b.online(other), true);
      a.left(other);
      await until(() => changes.length > 1);
      assert.deepEqual(changes, [
        [user, true],
        [other, false],
      ]);
    });

    it('is told of one’s own users too', async () => {
      const [a] = nodes;
      a.watch(user);
      assert.equal(await a.online(user), false);
      const changes = told(a);
      a.came(user);
      assert.deepEqual(changes, [[user, true]]);
      a.left(user);
      await until(() => changes.length > 1);
      assert.deepEqual(changes, [
        [user, true],
        [user, false],
      ]);
      assert.equal(await a.online(user), false);
    });

    it('is right in the end, however often a device comes and goes', async () => {
      const [a, b, c] = nodes;
      const many = Array.from({ length: 40 }, () => uuidv7());
      for (const who of many) c.watch(who);
      for (let n = 0; n < 25; n++)
        for (const who of many) {
          const node = n % 2 === 0 ? a : b;
          node.came(who);
          if (n % 3 > 0) await Promise.resolve();
          node.left(who);
        }
      const here = many.filter((_, n) => n % 2 === 0);
      for (const who of here) b.came(who);
      for (const who of many) for (const node of nodes) await seen(node, here.includes(who), who);
    });

    it('ends with the node', async () => {
      const [a, b, c] = nodes;
      const both = uuidv7();
      c.watch(user);
      assert.equal(await c.online(user), false);
      const changes = told(c);
      for (const who of [user, both]) a.came(who);
      b.came(both);
      await seen(c, true);
      await seen(c, true, both);
      await a.stop();
      await seen(c, false);
      assert.equal(await c.online(both), true);
      assert.deepEqual(changes, [
        [user, true],
        [user, false],
      ]);
    });
  });
}
