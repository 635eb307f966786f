import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { within } from '../../platform/within.ts';
import { MailReceiver } from '../../services/mail/fixtures/mail-receiver.ts';
import { type Delivery, Receiver } from '../../services/webhooks/fixtures/receiver.ts';
import { type Account, login, post, register, request } from '../harness/account.ts';
import { Device, type Payload } from '../harness/device.ts';
import { Server } from '../harness/server.ts';
import { Cluster, type ClusterOptions } from './cluster.ts';
import { eventually } from './eventually.ts';
import { Injuries } from './injuries.ts';
import { outputs } from './outputs.ts';
import { postPatiently } from './patient-http.ts';
import { BrowsersPushService } from './push-service.ts';

/** Between two messages of one sender. */
const EVERY_MS = 150;
const GRACE_SECONDS = 2;
const HELLO_MS = 500;
const LONGEST_QUIET_MS = 10_000;

export interface ApartOptions {
  cluster: Pick<ClusterOptions, 'brokers' | 'messages' | 'log'>;
  groups: number;
  /** How often each of the processes is killed. */
  rounds: number;
}

interface Sent {
  id: string;
  conversation: string;
  seq: number;
}

/**
 * Two processes that push and mail and two that tell webhooks, beside those that carry the chat, each killed after the other while people write;
 * in the end all of them at once. What was to be told has been told: notifications at most once each, webhooks at least once and in order, mails under
 * one id each; and of what nobody knows it is said.
 */
export async function apart(
  t: TestContext,
  { cluster: options, groups, rounds }: ApartOptions,
): Promise<void> {
  const browsers = await BrowsersPushService.listening();
  const receiver = await Receiver.listening();
  const mails = await MailReceiver.listening();
  let cluster: Cluster | null = null;
  const workers: Server[] = [];
  const devices: Device[] = [];
  const began = Date.now();
  const reached = (what: string) => t.diagnostic(`${Math.round((Date.now() - began) / 1_000)} s: ${what}`);
  try {
    cluster = await Cluster.started({
      ...{ brokers: 1, messages: 1, gateways: 1, ...options },
      flags: [
        '--log.level=warn',
        '--outbound.allowPrivate=127.0.0.1',
        '--outbound.ports=[]',
        '--push.retryMinSeconds=1',
        `--push.graceSeconds=${GRACE_SECONDS}`,
        // A worker that is killed has its lease for so long, and half a minute.
        '--push.timeoutSeconds=2',
        '--push.routesPerDevice=1',
        '--webhooks.retryMinSeconds=1',
        '--webhooks.retryMaxSeconds=1',
        '--webhooks.timeoutSeconds=2',
        `--mail.url=smtp://127.0.0.1:${mails.port}`,
        ...['--mail.tls=none', '--mail.from=chat@example.net', '--http.publicUrl=https://chat.example.net'],
      ],
    });
    const { flags, env } = cluster;
    const roles = ['push', 'push', 'webhooks', 'webhooks'] as const;
    for (const role of roles)
      workers.push(
        await Server.started({
          flags: [...flags, `--role=${role}`],
          env: { ...env, NODE_EXTRA_CA_CERTS: browsers.authority },
        }),
      );
    const injuries = new Injuries(cluster);
    reached('everybody is there');

    const taken: Delivery[] = [];
    const asked = { push: Promise.withResolvers<void>(), webhooks: Promise.withResolvers<void>() };
    browsers.onAsked = () => asked.push.resolve();
    receiver.answer = async (delivery) => {
      asked.webhooks.resolve();
      await pause(EVERY_MS / 2);
      // Some while it is asked, so that kills find them under way.
      if (receiver.got.length % 23 === 0) return { status: 503 };
      taken.push(delivery);
      return { status: 204 };
    };
    const scene = await set(cluster, { browsers, receiver, mails, groups });
    const { alice, away, mute, conversations } = scene;
    // Connected, and nothing that comes is taken: no PUBACK.
    const silent = await Device.connect(cluster.mqtt, mute);
    silent.client.handleMessage = () => {};
    devices.push(silent);
    const sent: Sent[] = [...scene.hellos];
    let writing = true;
    const writers = conversations.map(async (conversation) => {
      for (let n = 0; writing; n++) {
        sent.push(await send(cluster!, alice, conversation, `${n}`));
        await pause(EVERY_MS);
      }
    });
    let signIns = 0;
    for (let round = 0; round < rounds; round++) {
      for (const [i, worker] of workers.entries()) {
        const role = roles[i]!;
        asked[role] = Promise.withResolvers();
        // While somebody is being told, by this one or by the other. What the one before had may have to wait for the end of its lease.
        await within(asked[role].promise, LONGEST_QUIET_MS);
        await worker.kill9();
        injuries.kills++;
        await worker.start();
        await login(cluster, scene.mailed);
        signIns++;
      }
      reached(`round ${round + 1}: each was killed`);
    }
    writing = false;
    await Promise.all(writers);
    // Within the time in which the device that says nothing is waited for, everybody who waits for it ends.
    const unheard = await send(cluster, alice, scene.silent, 'are you there?');
    await Promise.all(workers.map((worker) => worker.kill9()));
    for (const worker of workers) await worker.start();
    const later = await Promise.all(
      conversations.map((conversation) => send(cluster!, alice, conversation, 'the last')),
    );
    sent.push(...later);
    reached(`${sent.length} messages were accepted`);

    const settled = async ({ id }: Sent, member: Account): Promise<string | null> => {
      const { push } = (await status(cluster!, alice, id)).find(({ user }) => user === member.user) ?? {};
      return push === undefined || push.outcome === 'waiting' ? null : push.outcome;
    };
    const outcomes = new Map<string, number>();
    const progress = () => browsers.shown.length + taken.length;
    for (const message of [...sent].reverse())
      for (const member of away) {
        await eventually(
          async () => (await settled(message, member)) !== null,
          `what became of ${message.conversation} ${message.seq} for ${member.username}`,
          { progress },
        );
        const outcome = (await settled(message, member))!;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    reached(`the ledger knows of all: ${JSON.stringify([...outcomes])}`);
    assert.deepEqual(
      [...outcomes.keys()].filter((one) => one !== 'pushed' && one !== 'unknown'),
      [],
    );
    assert.ok((outcomes.get('pushed') ?? 0) > 0);
    await eventually(async () => (await settled(unheard, mute)) !== null, 'the device that says nothing');
    assert.equal(await settled(unheard, mute), 'pushed');
    assert.deepEqual(browsers.problems, []);
    const events = browsers.shown.map(({ event }) => event);
    assert.deepEqual(
      events.filter((event, i) => events.indexOf(event) !== i),
      [],
      'something was shown twice',
    );
    // What stands for everything before it, unless nobody knows of it: shown, to each.
    for (const message of [...later, unheard])
      for (const member of message === unheard ? [mute] : away) {
        if ((await settled(message, member)) === 'unknown') continue;
        const event = `${member.device}.${message.conversation}.${message.seq}`;
        assert.equal(events.filter((one) => one === event).length, 1, event);
      }

    const told = () => new Set(taken.map(({ told }) => told.data.id as string));
    await eventually(
      () => sent.every(({ id }) => told().has(id)),
      () => `${sent.filter(({ id }) => !told().has(id)).length} webhook deliveries`,
      { progress },
    );
    for (const conversation of conversations) inOrder(taken, conversation, sent);
    reached('webhooks were told of all, in order');

    await eventually(
      () => idsOf(mails, 'A new device signed in').size === signIns,
      () => `${signIns} notices of devices: ${idsOf(mails, 'A new device signed in').size}`,
    );
    t.diagnostic(
      `${injuries.kills + workers.length} kills; ${sent.length} messages, ${browsers.shown.length} notifications, ${browsers.busy} told to come later, ` +
        `${taken.length} webhook deliveries of ${sent.length}, ${mails.got.length} mails`,
    );
  } catch (error) {
    if (cluster !== null) t.diagnostic(outputs(cluster));
    for (const { output } of workers) t.diagnostic(output.slice(-4_000));
    throw error;
  } finally {
    for (const device of devices) device.drop();
    await Promise.all(workers.map((worker) => worker.dispose()));
    await cluster?.dispose();
    await Promise.all([browsers.close(), receiver.close(), mails.close()]);
  }
}

/** Each event under one id, signed, and the first of each in the order of the conversation. */
function inOrder(taken: readonly Delivery[], conversation: string, sent: readonly Sent[]): void {
  const own = taken.filter(({ told }) => told.data.conversation === conversation);
  for (const { signedBy } of own) assert.equal(signedBy.length, 1);
  const first = new Map<string, number>();
  for (const { id, told } of own) if (!first.has(id)) first.set(id, told.data.seq);
  const seqs = [...first.values()];
  assert.deepEqual(
    seqs,
    seqs.toSorted((a, b) => a - b),
  );
  assert.equal(new Set(seqs).size, seqs.length, 'one event under two ids');
  assert.deepEqual(
    seqs,
    sent
      .filter((one) => one.conversation === conversation)
      .map(({ seq }) => seq)
      .toSorted((a, b) => a - b),
  );
}

const idsOf = (mails: MailReceiver, subject: string): Set<string | undefined> =>
  new Set(
    mails.got
      .filter(({ headers }) => headers.get('subject') === subject)
      .map(({ headers }) => headers.get('message-id')),
  );

/** Who is away and can be reached, groups with a webhook each, one who does not acknowledge, and one who gets mail. */
async function set(
  cluster: Cluster,
  parts: { browsers: BrowsersPushService; receiver: Receiver; mails: MailReceiver; groups: number },
) {
  const { browsers, receiver, mails, groups } = parts;
  const [alice, bob, carol, mute, mailed] = [
    await register(cluster, 'alice'),
    await register(cluster, 'bob'),
    await register(cluster, 'carol'),
    await register(cluster, 'mute'),
    await register(cluster, 'mailed'),
  ];
  const away = [bob, carol];
  const ask = async (who: Account, method: string, path: string, body: object): Promise<Payload> => {
    const answer = await request(cluster, method, path, body, who.accessToken);
    assert.ok(answer.ok, `${path}: ${await answer.clone().text()}`);
    return answer.status === 204 || answer.status === 202 ? {} : answer.json();
  };
  const conversations: string[] = [];
  for (let i = 0; i < groups; i++) {
    const members = away.map(({ user }) => user);
    const { conversation } = await ask(alice, 'POST', '/groups/create', { name: `group ${i}`, members });
    conversations.push(conversation);
    const { secret } = await ask(alice, 'POST', '/webhooks', { url: receiver.url, conversation });
    receiver.secrets.push(secret);
  }
  for (const who of [...away, mute])
    await ask(who, 'PUT', `/devices/${who.device}/push`, { routes: [browsers.subscription()] });
  // A process that pushes may have seen a moment ago that nobody can be reached.
  let silent = '';
  const hellos: Sent[] = [];
  const isReached = ({ device }: Account) => browsers.shown.some((one) => one.device === device);
  await eventually(async () => {
    if ([mute, ...away].every(isReached)) return true;
    silent = (await send(cluster, alice, { user: mute.user }, 'hello')).conversation;
    hellos.push(await send(cluster, alice, conversations[0]!, 'hello'));
    await pause(HELLO_MS);
    return false;
  }, 'the first notifications');

  const email = 'mailed@example.org';
  await ask(mailed, 'PUT', '/account/email', { email, password: mailed.password });
  await eventually(() => mails.to(email).length > 0, 'the mail that asks for a confirmation');
  const token = /\/mail\/verify\/([\w-]+)/.exec(mails.to(email)[0]!.text)![1];
  assert.equal((await post(cluster, '/account/email/verify', { token })).status, 204);
  return { alice, away, mute, mailed, conversations, silent, hellos };
}

/** Until it is accepted: with the same id it is the same message. */
async function send(
  cluster: Cluster,
  { accessToken }: Account,
  to: string | { user: string },
  text: string,
): Promise<Sent> {
  const body = {
    ...{ id: uuidv7(), to: typeof to === 'string' ? { conversation: to } : to },
    content: { type: 'text', text },
  };
  const answer = await postPatiently(cluster, {
    ...{ path: '/messages/send', body, token: accessToken, givenUp: () => false },
  });
  assert.ok(answer?.ok, JSON.stringify(answer?.body));
  return answer.body as Sent;
}

async function status(
  cluster: Cluster,
  { accessToken }: Account,
  id: string,
): Promise<{ user: string; push?: { outcome: string } }[]> {
  const answer = await request(cluster, 'GET', `/messages/${id}/status`, undefined, accessToken);
  assert.equal(answer.status, 200, await answer.clone().text());
  return ((await answer.json()) as Payload).members;
}
