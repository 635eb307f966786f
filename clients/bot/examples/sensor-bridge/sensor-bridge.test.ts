import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { post } from '../../../../test/harness/account.ts';
import type { Device } from '../../../../test/harness/device.ts';
import { Server } from '../../../../test/harness/server.ts';
import { Stage } from '../fixtures/stage.ts';

describe('the sensor bridge', { timeout: 120_000 }, () => {
  let stage: Stage;
  let alice: Device;
  let group: string;
  let second: string;
  const measure = (topic: string, value: unknown) =>
    alice.client.publishAsync(`open/${topic}`, JSON.stringify(value), { qos: 1 });
  const said = () => stage.said(alice).map(({ content }) => content.text as string);
  const start = (args: string[]) =>
    stage.start(
      'sensor-bridge',
      ['--sensors', second, '--rule', 'open/boiler/+ above 80 back 75 °C', ...args],
      {
        BRIDGE_GROUP: group,
      },
    );

  before(async () => {
    const rules = JSON.stringify([{ users: 'all', allow: 'both', topic: '#' }]);
    const server = await Server.started({ flags: ['--open.enabled=true', `--open.rules=${rules}`] });
    stage = await Stage.open(server, 'bridge', ['messages.read', 'messages.send', 'open']);
    const token = await post(server, `/bots/${stage.bot}/token`, { beside: true }, stage.owner.accessToken);
    second = join(server.folder, 'sensors.json');
    writeFileSync(second, await token.text());
    alice = await stage.someone('alice');
    group = (await alice.ask('group.create', { name: 'Boiler room' })).conversation;
    await alice.ask('group.add', { conversation: group, users: [stage.bot] });
  });
  after(() => stage?.close());

  it('tells where it is before it knows where to post', async () => {
    const program = await stage.start('sensor-bridge', ['--sensors', second, '--rule', 'open/a above 1']);
    await stage.tells(alice, '/where', { conversation: group });
    await stage.hears(alice, group);
    assert.equal(await program.end('SIGTERM'), 0);
  });

  it('tells the group what passes a threshold and what is back, also over a crash', async () => {
    const program = await start([]);
    // Subscribed when it has heard the first one, which is normal.
    for (;;) {
      await measure('boiler/1', 20);
      await stage.tells(alice, '/status', { conversation: group });
      await alice.until(
        () => ['No sensor has been heard yet.', '✅ open/boiler/1: 20 °C'].includes(said().at(-1)!),
        'it',
      );
      if (said().at(-1)!.startsWith('✅')) break;
    }
    for (const value of [79, 81, 79, 82]) await measure('boiler/1', value);
    await stage.hears(alice, '⚠️ open/boiler/1 is 81 °C: above 80 °C');
    await program.end('SIGKILL');
    await measure('boiler/1', 76);
    await measure('boiler/1', 60);
    await start([]);
    const back = await stage.hears(alice, '✅ open/boiler/1 is back to normal: 60 °C');
    assert.equal(back.conversation, group);
    assert.equal(said().filter((text) => text.startsWith('⚠️')).length, 1);
  });
});
