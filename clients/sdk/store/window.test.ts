import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { online, texts, withGroup } from '../fixtures/chat.ts';
import { bob, group, quiet } from '../fixtures/model-server.ts';

describe('a window', () => {
  it('is bounded both ways, and reads what it dropped from what is here', async () => {
    const server = withGroup();
    for (let i = 0; i < 60; i++) server.say(group, bob, `${i}`);
    server.cursors.set(group, 61);
    const device = await online(server);
    const window = await device.store.look({ conversation: group }, { page: 10, most: 20 });
    assert.deepEqual(
      texts(window.entries),
      Array.from({ length: 10 }, (_, i) => `${i + 50}`),
    );
    for (let i = 0; i < 9 && (await window.older()); i++) assert.ok(window.entries.length <= 20);
    assert.equal(window.atStart, true);
    assert.equal(window.atEnd, false);
    server.say(group, bob, 'new');
    await server.pumpAll();
    await quiet();
    assert.ok(!texts(window.entries).includes('new'), 'nobody looks at the end');
    // Offline: everything is here.
    await device.lose();
    while (await window.newer()) assert.ok(window.entries.length <= 20);
    assert.equal(texts(window.entries).at(-1), 'new');
    assert.equal(window.atEnd, true);
    await device.stop();
  });

  it('goes to a message far back, and on from there', async () => {
    const server = withGroup();
    for (let i = 0; i < 60; i++) server.say(group, bob, `${i}`);
    server.cursors.set(group, 61);
    const device = await online(server);
    const window = await device.store.look({ conversation: group }, { page: 5, most: 20 });
    await window.jump(20);
    assert.deepEqual(texts(window.entries), ['14', '15', '16', '17', '18', '19', '20', '21', '22', '23']);
    await window.newer();
    assert.equal(texts(window.entries).at(-1), '28');
    await window.latest();
    assert.equal(texts(window.entries).at(-1), '59');
    await device.stop();
  });

  it('says that a message is not here where there is no connection', async () => {
    const server = withGroup();
    for (let i = 0; i < 60; i++) server.say(group, bob, `${i}`);
    server.cursors.set(group, 61);
    const device = await online(server);
    const window = await device.store.look({ conversation: group }, { page: 5 });
    await device.lose();
    await assert.rejects(window.jump(20), /not here/);
    assert.equal(await window.older(), false);
    await device.stop();
  });
});
