import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { actor, fakeConnection } from '../fixtures/connection.ts';
import type { Connection } from './connections.ts';
import { Expiry } from './expiry.ts';

describe('tokens', () => {
  it('expire when their time has come, each once it is looked', () => {
    const connections = new Set<Connection>();
    const expiry = new Expiry(() => connections);
    const add = (expiresAt: number) => {
      const connection = fakeConnection(actor(), expiresAt);
      connections.add(connection);
      expiry.add(connection);
      return connection;
    };
    const take = (now: number) => {
      const taken = expiry.take(now);
      for (const connection of taken) connections.delete(connection);
      return taken;
    };
    const [late, early] = [add(3_000), add(1_000)];
    assert.deepEqual(take(999), []);
    assert.deepEqual(take(1_000), [early]);
    assert.deepEqual(take(2_999), []);
    const earlier = add(2_999);
    assert.deepEqual(take(2_999), [earlier]);
    assert.deepEqual(take(10_000), [late]);
    assert.deepEqual(take(20_000), []);
  });

  it('are not looked at while none is due', () => {
    let looks = 0;
    const connection = fakeConnection(actor(), 1_000_000);
    const expiry = new Expiry(() => {
      looks++;
      return [connection];
    });
    expiry.add(connection);
    for (let now = 0; now < 100_000; now += 1_000) expiry.take(now);
    assert.equal(looks, 0);
  });
});
