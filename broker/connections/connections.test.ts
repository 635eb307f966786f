import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeConnection } from '../fixtures/connection.ts';
import { Connections } from './connections.ts';

describe('connections of a node', () => {
  it('are found by client, device and user, and after their end by the client only', () => {
    const connections = new Connections();
    const phone = fakeConnection();
    connections.admit(phone);
    assert.equal(connections.ofClient(phone.client), phone);
    assert.equal(connections.ofDevice(phone.actor.device), undefined, 'not before it is ready');
    connections.ready(phone);
    assert.equal(connections.ofDevice(phone.actor.device), phone);
    assert.deepEqual([...connections.ofUser(phone.actor.user)], [phone]);
    connections.remove(phone);
    assert.equal(connections.ofDevice(phone.actor.device), undefined);
    assert.deepEqual([...connections.ofUser(phone.actor.user)], []);
    // Its will comes now.
    assert.equal(connections.ofClient(phone.client), phone);
  });

  it('that were taken over do not take the new one with them when they end', () => {
    const connections = new Connections();
    const old = fakeConnection();
    const taking = fakeConnection(old.actor);
    for (const connection of [old, taking]) {
      connections.admit(connection);
      connections.ready(connection);
    }
    connections.remove(old);
    assert.equal(connections.ofDevice(old.actor.device), taking);
    assert.deepEqual([...connections.ofUser(old.actor.user)], [taking]);
  });

  it('count against the limit of a user, but for the one that is taken over', () => {
    const connections = new Connections();
    const [phone, tablet] = [fakeConnection(), fakeConnection()];
    const other = fakeConnection({ user: phone.actor.user, device: tablet.actor.device });
    for (const connection of [phone, other]) connections.admit(connection);
    assert.equal(connections.countBeside(phone.actor.user, 'a third'), 2);
    assert.equal(connections.countBeside(phone.actor.user, phone.actor.device), 1);
    assert.equal(connections.countBeside(tablet.actor.user, 'a first'), 0);
  });
});
