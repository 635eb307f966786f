import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Server } from '../../../../test/harness/server.ts';
import { Stage } from '../fixtures/stage.ts';

describe('the echo bot', { timeout: 120_000 }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open(await Server.started(), 'echo');
  });
  after(() => stage?.close());

  it('says again what is written to it, once, also what was written while it was away', async () => {
    const alice = await stage.someone('alice');
    await stage.tells(alice, 'before');
    const first = await stage.start('echo');
    await stage.hears(alice, 'before');
    assert.equal(await first.end('SIGTERM'), 0);
    await stage.tells(alice, 'meanwhile');
    await stage.start('echo');
    await stage.tells(alice, '/help');
    await stage.hears(alice, /^\/buttons – /);
    assert.deepEqual(
      stage.said(alice).map(({ content, reply_to }) => [content.text.slice(0, 9), reply_to]),
      [
        ['before', 1],
        ['meanwhile', 3],
        ['/buttons ', 4],
      ],
    );
  });

  it('has buttons, and answers to choose from', async () => {
    const ben = await stage.someone('ben');
    await stage.tells(ben, '/buttons');
    const question = await stage.hears(ben, 'Take the boat out?');
    await stage.press(ben, question, 'Yes');
    await stage.hears(ben, 'Fair winds!');
    await stage.tells(ben, '/mood');
    const moods = await stage.hears(ben, 'How was it out there?');
    await stage.tells(ben, moods.content.replies[1].label);
    await stage.hears(ben, 'Noted. Lately: Fresh.');
  });

  it('in a group answers who mentions it', async () => {
    const cora = await stage.someone('cora');
    const { conversation } = await cora.ask('group.create', { name: 'Pier' });
    await cora.ask('group.add', { conversation, users: [stage.bot] });
    await cora.text({ conversation }, 'nobody');
    await cora.text({ conversation }, 'somebody?', { mentions: [stage.bot] });
    await stage.hears(cora, 'somebody?');
    assert.equal(stage.said(cora).length, 1);
  });
});
