/**
 * Promises 1 and 2: `kill -9` of the real process, at random moments, under load from 50 senders who retry. Afterwards every
 * acknowledged command is in history exactly once, sequences are gapless, and every device saw the same order.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import mqtt, { type MqttClient } from 'mqtt';
import { uuidv7 } from 'uuidv7';
import { topics } from '../../protocol/topics.ts';
import { type Account, register, request } from '../harness/account.ts';
import type { Payload } from '../harness/device.ts';
import { Server } from '../harness/server.ts';

const SENDERS = 50;
const KILLS = 25;
const GROUPS = 5;

/** A device that reconnects by itself, sends with a few commands in flight, and records all it gets. */
class Chatter {
  readonly account: Account;
  readonly client: MqttClient;
  readonly acknowledged = new Set<string>();
  readonly sent = new Set<string>();
  /** By conversation: seq → command id, as first seen; and whether the order of first sight was ascending. */
  readonly seen = new Map<string, Map<number, string>>();
  readonly problems: string[] = [];
  readonly refusals: Payload[] = [];
  #stopped = false;

  constructor(server: Server, account: Account) {
    this.account = account;
    this.client = mqtt.connect(server.mqtt, {
      clientId: account.device,
      username: account.user,
      password: account.deviceToken,
      clean: false,
      reconnectPeriod: 100,
      connectTimeout: 5_000,
    });
    this.client.on('error', () => {});
    this.client.on('connect', () => {
      this.client.subscribe([topics.inbox(account.user), topics.deviceInbox(account.user, account.device)], {
        qos: 1,
      });
    });
    this.client.on('message', (_topic, payload) => this.#got(JSON.parse(payload.toString())));
  }

  #got(event: Payload): void {
    if (event.type === 'refused') this.refusals.push(event);
    if (event.seq === undefined) return;
    let stream = this.seen.get(event.conversation);
    if (stream === undefined) {
      stream = new Map();
      this.seen.set(event.conversation, stream);
    }
    const known = stream.get(event.seq);
    if (known !== undefined) {
      if (known !== event.id)
        this.problems.push(`${event.conversation}/${event.seq} was ${known}, now ${event.id}`);
      return;
    }
    if (stream.size > 0 && event.seq !== [...stream.keys()].at(-1)! + 1) {
      this.problems.push(`${event.conversation}: ${event.seq} came after ${[...stream.keys()].at(-1)}`);
    }
    stream.set(event.seq, event.id);
  }

  async run(targets: ({ user: string } | { conversation: string })[]): Promise<void> {
    const lane = async () => {
      for (let n = 0; !this.#stopped; n++) {
        const id = uuidv7();
        const to = targets[Math.floor(Math.random() * targets.length)]!;
        this.sent.add(id);
        const command = {
          v: 1,
          id,
          type: 'message.send',
          to,
          content: { type: 'text', text: `${n} of ${this.account.username}` },
        };
        await this.#publish(JSON.stringify(command));
        this.acknowledged.add(id);
        await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 60));
      }
    };
    await Promise.all([lane(), lane(), lane()]);
  }

  /** Until it is acknowledged: MQTT.js sends again what it had in flight, and gives up what waited behind that. */
  async #publish(payload: string): Promise<void> {
    for (;;) {
      try {
        await this.client.publishAsync(topics.outbox(this.account.user), payload, { qos: 1 });
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  stop(): void {
    this.#stopped = true;
  }
}

describe('kill -9 under load', () => {
  let server: Server;
  const chatters: Chatter[] = [];
  before(async () => {
    server = await Server.started({
      flags: [
        '--limits.registrationsPerHourIp=0',
        '--limits.httpRequestsPerMinuteIp=0',
        '--limits.connectsPerMinuteIp=0',
        '--log.level=warn',
      ],
    });
  });
  after(async () => {
    for (const chatter of chatters) chatter.client.end(true);
    await server.dispose();
  });

  it(
    `loses nothing, repeats nothing and keeps one order through ${KILLS} kills`,
    { timeout: 280_000 },
    async () => {
      const accounts: Account[] = [];
      for (let i = 0; i < SENDERS; i++) accounts.push(await register(server, 'sender'));
      for (const account of accounts) chatters.push(new Chatter(server, account));

      const groups: string[] = [];
      const membersOf: Account[][] = [];
      for (let g = 0; g < GROUPS; g++) {
        const members = accounts.filter((_, i) => i % GROUPS === g);
        const owner = members[0]!;
        const response = await request(
          server,
          'POST',
          '/groups/create',
          { name: `group ${g}`, members: members.slice(1).map((m) => m.user) },
          owner.accessToken,
        );
        assert.equal(response.status, 201);
        groups.push(((await response.json()) as Payload).conversation);
        membersOf.push(members);
      }

      const runs = chatters.map((chatter, i) =>
        chatter.run([{ conversation: groups[i % GROUPS]! }, { user: accounts[(i + 1) % SENDERS]!.user }]),
      );
      for (let k = 0; k < KILLS; k++) {
        await new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 900));
        await server.kill9();
        await server.start();
      }
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      for (const chatter of chatters) chatter.stop();
      await Promise.all(runs);

      const acknowledged = new Set(chatters.flatMap((c) => [...c.acknowledged]));
      const sent = new Set(chatters.flatMap((c) => [...c.sent]));
      assert.ok(acknowledged.size > 500, `only ${acknowledged.size} were acknowledged: that is no load`);
      assert.deepEqual(
        chatters.flatMap((c) => c.refusals),
        [],
      );

      // History, as the members read it.
      const streams = new Map<string, { id: string; reader: Account }[]>();
      const conversations = new Map<string, Account>();
      for (const [g, group] of groups.entries()) conversations.set(group, membersOf[g]![0]!);
      for (const chatter of chatters)
        for (const id of chatter.seen.keys())
          if (id !== chatter.account.user) conversations.set(id, chatter.account);
      for (const [conversation, reader] of conversations)
        streams.set(conversation, await history(server, conversation, reader));
      const stored = [...streams.values()].flat().map((e) => e.id);
      assert.equal(new Set(stored).size, stored.length, 'a command made two events');
      const storedSet = new Set(stored);
      assert.deepEqual(
        [...acknowledged].filter((id) => !storedSet.has(id)),
        [],
        'acknowledged and lost',
      );
      const groupCommands = new Set(groups);
      assert.deepEqual(
        stored.filter((id) => !sent.has(id) && !groupCommands.has(id)),
        [],
        'stored and never sent',
      );

      // Every device: all of it, in that order.
      const deadline = Date.now() + 30_000;
      for (const chatter of chatters) {
        for (const [conversation, events] of streams) {
          const member = groups.includes(conversation)
            ? membersOf[groups.indexOf(conversation)]!.includes(chatter.account)
            : chatter.seen.has(conversation);
          if (!member) continue;
          while ((chatter.seen.get(conversation)?.size ?? 0) < events.length && Date.now() < deadline) {
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
          assert.deepEqual(
            [...(chatter.seen.get(conversation)?.values() ?? [])],
            events.map((e) => e.id),
            `${chatter.account.username} in ${conversation}`,
          );
        }
        assert.deepEqual(chatter.problems, []);
      }
    },
  );
});

/** The whole stream, page by page, with its numbers checked. */
async function history(
  server: Server,
  conversation: string,
  reader: Account,
): Promise<{ id: string; reader: Account }[]> {
  const all: { id: string; reader: Account }[] = [];
  for (let after = 0; ; ) {
    const response = await request(
      server,
      'GET',
      `/messages/${conversation}?after=${after}&limit=200`,
      undefined,
      reader.accessToken,
    );
    assert.equal(response.status, 200, await response.clone().text());
    const { events } = (await response.json()) as { events: { seq: number; id: string }[] };
    if (events.length === 0) return all;
    for (const event of events) {
      assert.equal(event.seq, all.length + 1, `a gap in ${conversation}`);
      all.push({ id: event.id, reader });
    }
    after = events.at(-1)!.seq;
  }
}
