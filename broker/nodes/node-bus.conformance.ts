import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { until } from './fixtures/until.ts';
import type { NodeBus, NodeMessage } from './node-bus.ts';

export interface BusesUnderTest {
  nodes: NodeBus[];
  close(): Promise<void>;
}

const typing = (): NodeMessage => ({
  kind: 'typing',
  notice: { v: 1, type: 'typing', conversation: uuidv7(), user: uuidv7(), active: true },
});
const receipts = (user: string): NodeMessage => ({
  kind: 'receipts',
  user,
  notices: [
    {
      conversation: uuidv7(),
      receipts: [{ user: uuidv7(), delivered: 3, delivered_at: 5, read: 2, read_at: 6 }],
    },
  ],
});

export function nodeBusConformance(name: string, open: (count: number) => Promise<BusesUnderTest>): void {
  describe(`what nodes tell one another: ${name}`, () => {
    let world: BusesUnderTest;
    let nodes: [NodeBus, NodeBus, NodeBus];
    let heard: NodeMessage[][];

    beforeEach(async () => {
      world = await open(3);
      nodes = world.nodes as typeof nodes;
      heard = nodes.map((node) => {
        const list: NodeMessage[] = [];
        node.onMessage((message) => list.push(message));
        return list;
      });
      // Until everybody hears everybody: what comes before is for nobody.
      for (const from of nodes)
        await until(() => {
          from.toAll(typing());
          return heard.every((list, n) => nodes[n] === from || list.length > 0);
        });
      await quiet();
      for (const list of heard) list.length = 0;
    });
    afterEach(() => world.close());

    /** Everything said until now has been heard: a last word of each has come to all others. */
    async function quiet(): Promise<void> {
      for (const from of nodes) {
        const last = typing();
        from.toAll(last);
        const key = JSON.stringify(last);
        const others = heard.filter((_, n) => nodes[n] !== from);
        await until(() => others.every((list) => list.some((message) => JSON.stringify(message) === key)));
        for (const list of others) {
          const at = list.findIndex((message) => JSON.stringify(message) === key);
          list.splice(at, 1);
        }
      }
    }

    /** Until what is told to the user comes from one node to another. */
    const follows = (from: NodeBus, user: string, list: NodeMessage[]) =>
      until(() => {
        from.toUser(user, receipts(user));
        return list.some((message) => message.kind === 'receipts' && message.user === user);
      });

    it('comes to all others, as it was told, in order, and not back', async () => {
      const [a] = nodes;
      const told = Array.from({ length: 50 }, typing);
      for (const message of told) a.toAll(message);
      await quiet();
      assert.deepEqual(heard, [[], told, told]);
    });

    it('of a user comes to the nodes that follow the user', async () => {
      const [a, b, c] = nodes;
      const [user, other] = [uuidv7(), uuidv7()];
      b.follow(user);
      a.follow(user);
      c.follow(other);
      await follows(a, user, heard[1]!);
      await follows(a, other, heard[2]!);
      await quiet();
      for (const list of heard) list.length = 0;
      const told = receipts(user);
      a.toUser(user, told);
      await quiet();
      assert.deepEqual(heard, [[], [told], []]);
    });

    it('of a user comes no more when the user is not followed any more, and again when followed again', async () => {
      const [a, b] = nodes;
      const [user, still] = [uuidv7(), uuidv7()];
      b.follow(user);
      b.follow(user);
      b.follow(still);
      await follows(a, user, heard[1]!);
      b.unfollow(user);
      await until(async () => {
        for (const list of heard) list.length = 0;
        a.toUser(user, receipts(user));
        await quiet();
        return heard[1]!.length === 0;
      });
      await follows(a, still, heard[1]!);
      b.follow(user);
      await follows(a, user, heard[1]!);
    });

    it('of many users finds its way', async () => {
      const [a, b] = nodes;
      const users = Array.from({ length: 1_200 }, () => uuidv7());
      for (const user of users) b.follow(user);
      await follows(a, users.at(-1)!, heard[1]!);
      await quiet();
      heard[1]!.length = 0;
      for (const user of users) a.toUser(user, receipts(user));
      await until(() => heard[1]!.length >= users.length);
      assert.deepEqual(
        heard[1]!.map((message) => message.kind === 'receipts' && message.user),
        users,
      );
    });

    it('is heard by nobody who listens no more, and is told by nobody who has stopped', async () => {
      const [a, b, c] = nodes;
      let count = 0;
      const stop = b.onMessage(() => count++);
      stop();
      await c.stop();
      c.toAll(typing());
      a.toAll(typing());
      await until(() => heard[1]!.length > 0);
      assert.deepEqual([count, heard[0], heard[2]], [0, [], []]);
    });
  });
}
