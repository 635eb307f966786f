/** A process of each role is told to stop under use, and comes back: nothing that was accepted is lost, nothing comes twice. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { type Account, post, register } from '../harness/account.ts';
import { Device, type Payload } from '../harness/device.ts';
import { history } from '../harness/history.ts';
import type { Server } from '../harness/server.ts';
import { missingEngines } from './cluster.ts';
import { eventually, get, inhabited } from './inhabited.ts';

const skip = (await missingEngines()) ?? false;

/** Between two messages of one device: light use. */
const PAUSE_MS = 50;

/** A device as a client keeps it: when its connection ends, it comes again, at whatever node takes it. */
class Faithful {
  readonly ids: string[] = [];
  readonly accepted = new Set<string>();
  readonly heard: Payload[] = [];
  readonly #mqtt: string;
  readonly account: Account;
  device!: Device;
  #ended!: Promise<false>;

  private constructor(mqtt: string, account: Account) {
    this.#mqtt = mqtt;
    this.account = account;
  }

  static async of(mqtt: string, account: Account): Promise<Faithful> {
    const one = new Faithful(mqtt, account);
    await one.connected();
    return one;
  }

  async connected(): Promise<Device> {
    if (this.device?.client.connected) return this.device;
    const taken = this.device;
    if (taken !== undefined) {
      this.heard.push(...taken.inbox);
      taken.drop();
    }
    this.device = await eventually(() => Device.connect(this.#mqtt, this.account), 'a connection', 30_000);
    const { client } = this.device;
    this.#ended = client.connected
      ? new Promise((resolve) => client.once('close', () => resolve(false)))
      : Promise.resolve(false);
    return this.device;
  }

  /** Sends it until it is acknowledged, as the same command. */
  async says(conversation: string, text: string): Promise<void> {
    const id = uuidv7();
    this.ids.push(id);
    await eventually(
      async () => {
        const device = await this.connected();
        const acknowledged = device.text({ conversation }, text, { id }).then(
          () => true,
          () => false,
        );
        return Promise.race([acknowledged, this.#ended]);
      },
      'an acknowledgement',
      30_000,
    );
    this.accepted.add(id);
  }

  get everything(): Payload[] {
    return [...this.heard, ...this.device.inbox];
  }
}

describe('a process that is told to stop', { skip, timeout: 300_000 }, () => {
  const on = inhabited({ brokers: 2, messages: 2, gateways: 2 });

  const roles: [string, () => Server][] = [
    ['broker', () => on.cluster.brokers[1]!],
    ['messages', () => on.cluster.messages[0]!],
    ['gateway', () => on.cluster.gateways[0]!],
  ];
  for (const [role, of] of roles)
    it(`${role}: ends well, and nobody misses anything`, async () => {
      const { cluster } = on;
      const accounts: Account[] = [];
      for (const name of ['alice', 'bob', 'carol']) accounts.push(await register(cluster, name));
      const people = await Promise.all(accounts.map((account) => Faithful.of(cluster.mqtt, account)));
      const [alice] = people as [Faithful];
      const created = await alice.device.ask('group.create', {
        name: 'Faithful',
        members: accounts.slice(1).map(({ user }) => user),
      });
      const { conversation } = created;
      let going = true;
      const overHttp: string[] = [];
      const work = [
        ...people.map(async (one, i) => {
          for (let n = 0; going; n++, await pause(PAUSE_MS)) await one.says(conversation, `${i}/${n}`);
        }),
        (async () => {
          for (; going; await pause(PAUSE_MS)) {
            const id = uuidv7();
            const body = { id, to: { conversation }, content: { type: 'text', text: 'over HTTP' } };
            await eventually(
              async () => {
                const response = await post(cluster, '/messages/send', body, accounts[0]!.accessToken);
                await response.arrayBuffer();
                return response.status === 201;
              },
              'an answer over HTTP',
              30_000,
            );
            overHttp.push(id);
          }
        })(),
      ];
      const said = () => people.reduce((sum, { accepted }) => sum + accepted.size, overHttp.length);
      const more = async (count: number) => {
        const until = said() + count;
        await eventually(() => said() >= until, 'more of it', 30_000);
      };
      await more(40);
      const server = of();
      assert.equal(await server.stop(), 0, server.output.slice(-2_000));
      await more(40);
      await server.start();
      await more(40);
      going = false;
      await Promise.all(work);

      const expected = new Set([...people.flatMap(({ accepted }) => [...accepted]), ...overHttp]);
      const reader = accounts[1]!;
      await eventually(
        async () => {
          const { last } = await get(cluster, `/messages/${conversation}?limit=1`, reader);
          return last >= expected.size + 1;
        },
        'that everything is in history',
        30_000,
      );
      const stored = await history(cluster, reader, conversation);
      const order = stored.map(({ id }) => id);
      assert.deepEqual(new Set(order.slice(1)), expected);
      assert.equal(order.length, expected.size + 1, 'a command made two events');
      for (const one of people) {
        await one.connected();
        await one.device.until(
          () => one.everything.some((p) => p.conversation === conversation && p.seq === order.length),
          'the last of it',
          30_000,
        );
        const seqs = one.everything
          .filter((p) => p.conversation === conversation && p.seq !== undefined)
          .map((p): number => p.seq);
        // What was on its way when the connection ended comes once more.
        assert.deepEqual(
          [...new Set(seqs)],
          order.map((_, i) => i + 1),
        );
        one.device.drop();
      }
    });
});
