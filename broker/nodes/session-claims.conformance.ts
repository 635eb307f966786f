import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { until } from './fixtures/until.ts';
import type { Claim, SessionClaims } from './session-claims.ts';

export interface ClaimsUnderTest {
  nodes: SessionClaims[];
  close(): Promise<void>;
}

/** A connection, as far as claims see of it. */
interface Session {
  claim: Claim | null;
  /** How often it was told that another node has its device. */
  lost: number;
}

const nothing = async () => {};

export function sessionClaimsConformance(
  name: string,
  open: (count: number) => Promise<ClaimsUnderTest>,
): void {
  describe(`which node has a device: ${name}`, () => {
    let world: ClaimsUnderTest;
    let nodes: [SessionClaims, SessionClaims, SessionClaims];
    let device: string;

    beforeEach(async () => {
      world = await open(3);
      nodes = world.nodes as typeof nodes;
      device = uuidv7();
      await hearing();
    });
    afterEach(() => world.close());

    async function connect(node: SessionClaims, closing = nothing, who = device): Promise<Session> {
      const session: Session = { claim: null, lost: 0 };
      session.claim = await node.claim(who, async () => {
        session.lost++;
        await closing();
      });
      return session;
    }

    /** Every node hears the others. */
    async function hearing(): Promise<void> {
      for (const node of nodes) {
        const other = nodes.find((one) => one !== node)!;
        await until(async () => {
          const probe = uuidv7();
          const session = await connect(node, nothing, probe);
          (await connect(other, nothing, probe)).claim?.release();
          return session.lost === 1;
        });
      }
    }

    it('is the newest; the one before has closed by then, and has written down where it stood', async () => {
      const [a, b, c] = nodes;
      let written = false;
      const first = await connect(a, async () => {
        await pause(50);
        written = true;
      });
      assert.ok(first.claim !== null);
      const second = await connect(b);
      assert.equal(written, true);
      assert.deepEqual([first.lost, second.lost], [1, 0]);
      const third = await connect(c);
      assert.ok(third.claim !== null);
      assert.deepEqual([first.lost, second.lost, third.lost], [1, 1, 0]);
    });

    it('is not held up by one that never finishes', async () => {
      const [a, b] = nodes;
      const first = await connect(a, () => new Promise(() => {}));
      const second = await connect(b);
      assert.ok(second.claim !== null);
      assert.equal(first.lost, 1);
    });

    it('survives a connection that fails to close', async () => {
      const [a, b] = nodes;
      const first = await connect(a, () => Promise.reject(new Error('no')));
      assert.ok((await connect(b)).claim !== null);
      assert.equal(first.lost, 1);
    });

    it('is nobody when it has gone', async () => {
      const [a, b] = nodes;
      const first = await connect(a);
      first.claim!.release();
      const second = await connect(b);
      assert.deepEqual([first.lost, second.lost], [0, 0]);
      // What ended long ago takes nothing from anybody.
      first.claim!.release();
      const third = await connect(a);
      assert.deepEqual([second.lost, third.lost], [1, 0]);
    });

    it('is known of the newest connection when it comes again to the same node', async () => {
      const [a, b] = nodes;
      const first = await connect(a);
      const second = await connect(a);
      // The broker itself closes the older one of its own.
      assert.deepEqual([first.lost, second.lost], [0, 0]);
      first.claim!.release();
      await connect(b);
      assert.deepEqual([first.lost, second.lost], [0, 1]);
    });

    it('is another for every device', async () => {
      const [a, b] = nodes;
      const first = await connect(a);
      await connect(b, nothing, uuidv7());
      assert.equal(first.lost, 0);
    });

    it('is one of those that come at once: never none, never two', async () => {
      for (let round = 0; round < 30; round++) {
        device = uuidv7();
        const sessions = await Promise.all([...nodes, ...nodes].map((node) => connect(node)));
        const left = () => sessions.filter(({ claim, lost }) => claim !== null && lost === 0);
        await until(() => left().length === 1);
        const [survivor] = left() as [Session];
        const next = await connect(nodes[round % 3]!);
        assert.ok(next.claim !== null);
        // On its own node the broker closes it.
        assert.ok(survivor.lost === 1 || left().length === 1);
        assert.equal(next.lost, 0);
      }
    });
  });
}
