/** An engine is killed, or stands still: what goes on without it, what is refused with a code, and that nothing accepted is lost. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { topics } from '../../protocol/topics.ts';
import { mongodbIsElsewhere } from '../engines/mongodb.ts';
import { login, post, request } from '../harness/account.ts';
import { Device, type Payload } from '../harness/device.ts';
import { history } from '../harness/history.ts';
import { memory } from '../harness/metrics.ts';
import type { Person } from '../harness/person.ts';
import type { Server } from '../harness/server.ts';
import { missingEngines } from './cluster.ts';
import { eventually, get, inhabited, numbers } from './inhabited.ts';

const skip = (await missingEngines()) ?? false;

type Name = 'mongodb' | 'kafka' | 'redis' | 'postgres';
/** As /readyz calls what an engine carries. */
const CARRIES = { mongodb: 'history', kafka: 'log', redis: 'redis', postgres: 'directory' } as const;
const HEAL_MS = 60_000;
/** Sent while an engine does not answer; each with a kilobyte, so that what is kept of them shows. */
const FLOOD = 400;
const MIB = 1 << 20;
/** What a process may grow by meanwhile: code that runs for the first time, buffers, and what the collector has not looked at yet. */
const MAY_GROW = 150 * MIB;

describe('an engine that is away', { skip, timeout: 590_000 }, () => {
  const on = inhabited({
    brokers: 2,
    messages: 1,
    gateways: 1,
    flags: ['--engines.deadlineMs=1500', '--presence.graceSeconds=0', '--log.level=warn'],
  });
  const { meet, at, moves } = on;

  const ways = [
    [
      'killed',
      (name: Name) => on.cluster.engines[name]!.kill(),
      (name: Name) => on.cluster.engines[name]!.start(),
    ],
    [
      'frozen',
      async (name: Name) => on.cluster.engines[name]!.freeze(),
      async (name: Name) => on.cluster.engines[name]!.thaw(),
    ],
  ] as const;

  async function stateOf(server: Server): Promise<{ status: number; degraded: string[] }> {
    const response = await fetch(`${server.metrics}/readyz`);
    return { status: response.status, degraded: ((await response.json()) as Payload).degraded };
  }
  /** Somebody asks until /readyz says it; the process stays ready: a balancer that took it away would help nobody. */
  async function saysSo(server: Server, name: Name, ask: () => Promise<unknown>): Promise<void> {
    await eventually(async () => {
      await ask();
      const { status, degraded } = await stateOf(server);
      assert.equal(status, 200);
      return degraded.includes(CARRIES[name]);
    }, `${CARRIES[name]} at /readyz`);
  }
  const unavailable = (payload: Payload, what: string) => {
    assert.equal(payload.type, 'refused', `${what}: ${JSON.stringify(payload)}`);
    const { code, retry, retry_after_ms } = payload.error;
    assert.ok(['unavailable', 'overloaded'].includes(code), `${what}: ${code}`);
    assert.equal(retry, true);
    assert.ok(retry_after_ms > 0, what);
  };
  async function unavailableOverHttp(response: Response, what: string): Promise<void> {
    const body = (await response.json()) as Payload;
    assert.deepEqual([response.status, body.code], [503, 'unavailable'], `${what}: ${JSON.stringify(body)}`);
    assert.equal(body.retry, true);
    assert.ok(Number(response.headers.get('retry-after')) > 0, what);
  }
  const texts = (person: Person, conversation: string): string[] =>
    person.device.inbox
      .filter((p) => p.conversation === conversation && p.type === 'message')
      .map((p) => p.content.text);
  const sends = (person: Person, conversation: string, text: string) =>
    post(
      at(0),
      '/messages/send',
      { to: { conversation }, content: { type: 'text', text } },
      person.device.account.accessToken,
    );

  /** Two who know one another, at different nodes, and a third who is away. */
  async function trio() {
    const [alice, bob, dave] = [await meet(0, 'alice'), await meet(1, 'bob'), await meet(1, 'dave')];
    const { conversation } = await alice.does('group.create', {
      name: 'Weather',
      members: [bob.user, dave.user],
    });
    const first = await bob.says({ conversation }, 'before');
    for (const who of [alice, bob, dave]) await who.hears((p) => p.id === first.id, 'what was before');
    // Everything that is asked for later has been asked for once.
    for (const who of [alice, bob]) await who.reads(conversation);
    await get(at(0), `/messages/${conversation}`, alice.device.account);
    await alice
      .hears(
        (p) =>
          p.type === 'receipts' &&
          p.conversation === conversation &&
          p.receipts.some((r: Payload) => r.user === bob.user),
        'a receipt',
      )
      .catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 500));
    await dave.device.close();
    return { alice, bob, dave, conversation };
  }

  /** In the end everybody has everything, once and in one order, also who was away. */
  async function allIsWell(
    { alice, bob, dave, conversation }: Awaited<ReturnType<typeof trio>>,
    accepted: string[],
  ): Promise<void> {
    const last = await eventually(
      async () => {
        const answer = await alice.device.ask('message.send', {
          to: { conversation },
          content: { type: 'text', text: 'after' },
        });
        return answer.type === 'message' ? answer : null;
      },
      'that commands are accepted again',
      HEAL_MS,
    );
    await bob.device.until(() => bob.device.inbox.some((p) => p.id === last.id), 'the last', HEAL_MS);
    await alice.device.until(() => alice.device.inbox.some((p) => p.id === last.id), 'the last', HEAL_MS);
    const stored = await eventually(
      () => history(at(0), bob.device.account, conversation),
      'history',
      HEAL_MS,
    );
    const there = stored.map((e) => e.content?.text ?? e.type);
    for (const text of accepted) assert.equal(there.filter((t) => t === text).length, 1, text);
    const order = stored.map((e) => e.seq);
    for (const who of [alice, bob]) assert.deepEqual([...new Set(numbers(who, conversation))], order);
    const back = await eventually(() => moves(dave, 1), 'a connection', HEAL_MS);
    await back.device.until(() => back.device.inbox.some((p) => p.id === last.id), 'the backlog', HEAL_MS);
    const known = numbers(dave, conversation).length;
    assert.deepEqual(
      [...new Set(numbers(back, conversation))],
      order.slice(known),
      'the backlog of who was away',
    );
  }

  /** Every one of them ends with a PUBACK, and an outcome that is known; and no process keeps what it cannot write. */
  async function flood(person: Person, conversation: string): Promise<{ ids: string[]; texts: string[] }> {
    const before = await Promise.all(on.cluster.servers.map(memory));
    const sent = Array.from({ length: FLOOD }, (_, n) => ({
      id: uuidv7(),
      text: `${n}/${'x'.repeat(1_000)}`,
    }));
    await Promise.all(sent.map(({ id, text }) => person.device.text({ conversation }, text, { id })));
    const after = await Promise.all(on.cluster.servers.map(memory));
    for (const [i, bytes] of after.entries())
      assert.ok(
        bytes - before[i]! < MAY_GROW,
        `process ${i} grew from ${before[i]! / MIB} to ${bytes / MIB} MiB`,
      );
    return { ids: sent.map(({ id }) => id), texts: sent.map(({ text }) => text) };
  }

  for (const [how, hurt, heal] of ways) {
    it(
      `history ${how}: commands are accepted, reads are refused, and all arrives when it is back`,
      { skip: mongodbIsElsewhere },
      async () => {
        const world = await trio();
        const { alice, bob, conversation } = world;
        const accepted: string[] = [];
        await hurt('mongodb');
        try {
          for (let n = 0; n < 3; n++) {
            await alice.device.text({ conversation }, `${how} ${n}`);
            accepted.push(`${how} ${n}`);
          }
          unavailable(await bob.device.ask('messages.list', { conversation }), 'a read over MQTT');
          const path = `/messages/${conversation}`;
          const read = () => request(at(0), 'GET', path, undefined, alice.device.account.accessToken);
          await unavailableOverHttp(await read(), 'a read over HTTP');
          await saysSo(on.cluster.gateways[0]!, 'mongodb', async () => (await read()).arrayBuffer());
          // HTTP answers with the event, which is not known yet: refused, and the same command again finds what was accepted.
          assert.equal((await sends(alice, conversation, `${how} over HTTP`)).status, 503);
          accepted.push(...(await flood(alice, conversation)).texts);
        } finally {
          await heal('mongodb');
        }
        await bob.device.until(
          () => texts(bob, conversation).includes(accepted.at(-1)!),
          'the flood',
          HEAL_MS,
        );
        await allIsWell(world, accepted);
      },
    );

    it(`log ${how}: commands are refused with a code, reads and presence go on`, async () => {
      const world = await trio();
      const { alice, bob, dave, conversation } = world;
      await bob.device.client.subscribeAsync(topics.presence(dave.user), { qos: 0 });
      const fields = { to: { conversation }, content: { type: 'text', text: `${how} again` } };
      const id = uuidv7();
      await hurt('kafka');
      try {
        unavailable(await alice.device.ask('message.send', fields, id), 'a command over MQTT');
        await unavailableOverHttp(await sends(alice, conversation, `${how} maybe`), 'a command over HTTP');
        await saysSo(on.cluster.gateways[0]!, 'kafka', async () =>
          (await sends(alice, conversation, `${how} maybe`)).arrayBuffer(),
        );
        assert.ok((await bob.reads(conversation)).length >= 2);
        await get(at(0), `/messages/${conversation}`, alice.device.account);
        const there = await moves(dave, 1);
        const told = () => bob.device.other.findLast(([t]) => t === topics.presence(dave.user))?.[1];
        await bob.device.until(() => told()?.online === true, 'that dave is there');
        assert.equal((await get(at(0), `/users/${dave.user}/presence`, bob.device.account)).online, true);
        await there.device.close();
        await bob.device.until(() => told()?.online === false, 'that dave is gone');
        const { ids } = await flood(alice, conversation);
        await alice.device.until(
          () => ids.every((one) => alice.device.answerTo(one)),
          'all refusals',
          30_000,
        );
        for (const one of ids) unavailable(alice.device.answerTo(one), 'a command of the flood');
      } finally {
        await heal('kafka');
      }
      // What was refused may be asked again, as it is.
      await eventually(
        async () => {
          alice.device.own.length = 0;
          return (await alice.device.ask('message.send', fields, id)).type !== 'refused';
        },
        'the same command',
        HEAL_MS,
      );
      await allIsWell(world, [`${how} again`]);
    });

    it(`Redis ${how}: who is connected goes on, others can connect, and afterwards nobody has missed anything`, async () => {
      const world = await trio();
      const { alice, bob, conversation } = world;
      const carol = await meet(0, 'carol');
      await alice.does('group.add', { conversation, users: [carol.user] });
      await carol.hears((p) => p.conversation === conversation, 'the group');
      const accepted: string[] = [];
      await hurt('redis');
      try {
        for (const [who, text] of [
          [alice, `${how} 1`],
          [bob, `${how} 2`],
        ] as const) {
          await who.says({ conversation }, text);
          accepted.push(text);
        }
        for (const who of [alice, bob, carol])
          await who.device.until(() => texts(who, conversation).includes(`${how} 2`), 'what is new', 20_000);
        await saysSo(on.cluster.brokers[1]!, 'redis', () => bob.device.ask('receipts.get', { conversation }));
        // A new device needs a place to begin at, which is kept there: it is refused so that it may come again. Others may connect.
        const { username, password } = bob.device.account;
        await unavailableOverHttp(await post(at(0), '/login', { username, password }), 'a new device');
        await carol.device.close();
        const back = await moves(carol, 1);
        await alice.says({ conversation }, `${how} 3`);
        accepted.push(`${how} 3`);
        for (const who of [bob, back])
          await who.device.until(() => texts(who, conversation).includes(`${how} 3`), 'what is new', 20_000);
        accepted.push(...(await flood(alice, conversation)).texts);
        await bob.device.until(
          () => texts(bob, conversation).includes(accepted.at(-1)!),
          'the flood',
          30_000,
        );
      } finally {
        await heal('redis');
      }
      await allIsWell(world, accepted);
    });

    it(`directory ${how}: members go on, sign-in and what is unknown are refused as unavailable`, async () => {
      const world = await trio();
      const { alice, bob, conversation } = world;
      const accepted: string[] = [];
      await hurt('postgres');
      try {
        for (const [who, text] of [
          [alice, `${how} 1`],
          [bob, `${how} 2`],
        ] as const) {
          await who.says({ conversation }, text);
          accepted.push(text);
        }
        await alice.device.until(
          () => texts(alice, conversation).includes(`${how} 2`),
          'what is new',
          20_000,
        );
        const { username, password } = alice.device.account;
        const signIn = () => post(at(0), '/login', { username, password });
        await unavailableOverHttp(await signIn(), 'a sign-in');
        await saysSo(on.cluster.gateways[0]!, 'postgres', async () => (await signIn()).arrayBuffer());
        accepted.push(...(await flood(alice, conversation)).texts);
        await bob.device.until(
          () => texts(bob, conversation).includes(accepted.at(-1)!),
          'the flood',
          30_000,
        );
        const content = { type: 'text', text: 'x' };
        for (const to of [{ conversation: uuidv7() }, { user: uuidv7() }]) {
          const response = await post(
            at(0),
            '/messages/send',
            { to, content },
            alice.device.account.accessToken,
          );
          const { code } = (await response.json()) as Payload;
          assert.equal(code, 'unavailable', JSON.stringify(to));
        }
        const read = await request(
          at(0),
          'GET',
          `/messages/${uuidv7()}`,
          undefined,
          alice.device.account.accessToken,
        );
        await unavailableOverHttp(read, 'a conversation that is not known');
        const bobs = await bob.device.ask('members.list', { conversation });
        if (bobs.type === 'refused') unavailable(bobs, 'a list');
      } finally {
        await heal('postgres');
      }
      await eventually(
        async () => {
          const account = await login(at(0), alice.device.account);
          (await Device.connect(at(1).mqtt, account)).drop();
          return true;
        },
        'a sign-in',
        HEAL_MS,
      );
      await allIsWell(world, accepted);
    });
  }

  it('directory killed: a command that cannot be decided without it holds up nobody else, and is decided when it is back', async () => {
    const world = await trio();
    const { alice, bob, conversation } = world;
    const to = { conversation: uuidv7() };
    const id = uuidv7();
    await on.cluster.engines.postgres!.kill();
    try {
      // Nobody has noticed yet: it is accepted.
      await alice.device.send('message.send', { to, content: { type: 'text', text: 'to nobody' } }, id);
      for (const text of ['to somebody', 'and again']) {
        await bob.says({ conversation }, text);
        await alice.device.until(() => texts(alice, conversation).includes(text), 'what is new', 15_000);
      }
      assert.equal(alice.device.answerTo(id), undefined);
    } finally {
      await on.cluster.engines.postgres!.start();
    }
    await alice.device.until(() => alice.device.answerTo(id) !== undefined, 'what became of it', HEAL_MS);
    assert.equal(alice.device.answerTo(id)!.error.code, 'conversation_not_found');
    await allIsWell(world, ['to somebody', 'and again']);
  });

  it('no process has complained of a mistake of ours', () => {
    for (const { output } of on.cluster.servers) {
      const mistakes = output.split('\n').filter((line) => /"level":"(error|fatal)"/.test(line));
      assert.deepEqual(mistakes, []);
    }
  });
});
