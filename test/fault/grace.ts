import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { Receiver } from '../../services/webhooks/fixtures/receiver.ts';
import { type Account, post, register, request } from '../harness/account.ts';
import { Device } from '../harness/device.ts';
import { Server } from '../harness/server.ts';

const GRACE_SECONDS = 5;
/** Longer than a position waits for its commit. */
const COMMITTED_MS = 500;

interface Sent {
  id: string;
  seq: number;
  conversation: string;
}

/**
 * `kill -9` of the real program while it waits for the acknowledgements of devices that seemed connected: what they did not acknowledge is told after
 * the restart, once, and what they did is not.
 * @param engines flags: where its event stream is
 */
export function killedInTheGraceTime(
  where: string,
  engines: readonly string[],
  skip: string | false = false,
) {
  describe(`a server on ${where} that is killed while it waits for acknowledgements`, { skip }, () => {
    const embedded = engines.length === 0;
    let server: Server;
    let vendor: Receiver;
    let alice: Account;
    let bob: Account;
    let carol: Account;
    before(async () => {
      vendor = await Receiver.listening();
      server = await Server.started({
        flags: [
          '--outbound.allowPrivate=127.0.0.1',
          `--outbound.ports=[${vendor.port}]`,
          `--push.graceSeconds=${GRACE_SECONDS}`,
          '--delivery.cursorFlushMs=10',
          ...engines,
        ],
      });
      [alice, bob, carol] = [
        await register(server, 'alice'),
        await register(server, 'bob'),
        await register(server, 'carol'),
      ];
      for (const account of [bob, carol]) await reachable(account);
    });
    after(async () => {
      await vendor?.close();
      await server?.dispose();
    });

    async function reachable({ device, accessToken }: Account): Promise<void> {
      const secret = `whsec_${randomBytes(32).toString('base64')}`;
      const routes = [{ kind: 'webhook', endpoint: vendor.url, secret }];
      const put = await request(server, 'PUT', `/devices/${device}/push`, { routes }, accessToken);
      assert.equal(put.status, 200, await put.text());
    }
    async function say(to: Account, text: string): Promise<Sent> {
      const body = { id: uuidv7(), to: { user: to.user }, content: { type: 'text', text } };
      // Behind a kill the lease of who numbered must end first: the same command again, until its outcome is known.
      for (;;) {
        const answer = await post(server, '/messages/send', body, alice.accessToken);
        const said = await answer.text();
        if (answer.ok) return JSON.parse(said) as Sent;
        assert.equal(answer.status, 503, said);
        await pause(100);
      }
    }
    async function statusOf({ id }: Sent) {
      const answer = await request(server, 'GET', `/messages/${id}/status`, undefined, alice.accessToken);
      const body = (await answer.json()) as {
        members: { delivered: boolean; push?: { outcome: string } }[];
      };
      return body.members[0]!;
    }
    /** What has not been handled comes again by itself, as something new: this is about what has. */
    const handled = () => (embedded ? logIsEmpty(server) : pause(COMMITTED_MS));
    const told = (account: Account) =>
      vendor.got
        .filter((one) => one.told.data.device === account.device)
        .map((one) => one.told.data.body as string);

    it('tells them after it, once, and nobody who had acknowledged', async () => {
      const phone = await Device.connect(server.mqtt, bob);
      const tablet = await Device.connect(server.mqtt, carol);
      // Connected, and nothing that comes is taken: no PUBACK.
      phone.client.handleMessage = () => {};
      const first = await say(bob, 'are you there?');
      const acknowledged = await say(carol, 'you have it');
      while (!(await statusOf(acknowledged)).delivered) await tablet.until(() => true, 'a turn');
      assert.equal((await statusOf(first)).delivered, false);
      const last = await say(bob, 'and now?');
      await handled();
      assert.equal(vendor.got.length, 0, 'before the time is over');
      await server.kill9();
      for (const device of [phone, tablet]) device.drop();
      assert.equal(vendor.got.length, 0, 'before the time is over');
      await server.start();
      await vendor.until(() => told(bob).includes('and now?'));
      // Each has been looked at by the time that somebody who comes later is told.
      const dora = await register(server, 'dora');
      await reachable(dora);
      await say(dora, 'mark');
      await vendor.until(() => told(dora).length === 1);
      assert.deepEqual(told(carol), []);
      const events = vendor.got.map((one) => one.told.data.event as string);
      assert.equal(new Set(events).size, events.length, 'something was told twice');
      assert.equal((await statusOf(last)).push?.outcome, 'pushed');

      // A second start brings the same again: it has been told.
      const before = told(bob).length;
      await server.kill9();
      await server.start();
      const again = await say(bob, 'still away');
      await vendor.until(() => told(bob).includes('still away'));
      assert.deepEqual(told(bob).slice(before), ['still away']);
      assert.equal((await statusOf(again)).push?.outcome, 'pushed');
      assert.deepEqual(told(carol), []);
    });

    it('does not tell those who come back in time', async () => {
      const [erin, frank] = [await register(server, 'erin'), await register(server, 'frank')];
      for (const account of [erin, frank]) await reachable(account);
      const phones = [await Device.connect(server.mqtt, erin), await Device.connect(server.mqtt, frank)];
      for (const { client } of phones) client.handleMessage = () => {};
      await say(erin, 'back in time');
      await say(frank, 'gone');
      await handled();
      await server.kill9();
      for (const phone of phones) phone.drop();
      await server.start();
      const back = await Device.connect(server.mqtt, erin);
      await back.until(() => back.texts.includes('back in time'), 'the message');
      await vendor.until(() => told(frank).length === 1);
      assert.deepEqual(told(frank), ['gone']);
      // Where others may have gone on meanwhile, nobody who is connected to none of them is waited for.
      if (embedded) assert.deepEqual(told(erin), []);
      await back.close();
    });
  });
}

/** Resolves when everything that was accepted has been handled and committed. */
async function logIsEmpty(server: Server): Promise<void> {
  const database = new DatabaseSync(join(server.folder, 'data/messages.db'), { readOnly: true });
  try {
    const rows = database.prepare('SELECT count(*) AS count FROM log');
    while ((rows.get() as { count: number }).count > 0) await pause(10);
  } finally {
    database.close();
  }
}
