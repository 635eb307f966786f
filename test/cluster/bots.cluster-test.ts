/** Bots on several nodes: what their owners end at one is ended at all of them, and what they are told ends with their membership. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { topics } from '../../protocol/topics.ts';
import { type Account, request } from '../harness/account.ts';
import { botAccount, makeBot } from '../harness/bot.ts';
import { Device, type Payload } from '../harness/device.ts';
import { overHttp, type Person } from '../harness/person.ts';
import { missingEngines } from './cluster.ts';
import { eventually, inhabited, refusedGet } from './inhabited.ts';

const skip = (await missingEngines()) ?? false;
const NODES = [0, 1];
const EVENTS = topics.events('+');

describe('bots on several nodes', { skip, timeout: 300_000 }, () => {
  const on = inhabited({ gateways: 2 });
  const { meet, at } = on;

  async function call(
    node: number,
    method: string,
    path: string,
    body: unknown,
    who: Person,
  ): Promise<Payload> {
    const response = await request(at(node), method, path, body, who.device.account.accessToken);
    const answer = response.status === 204 ? {} : ((await response.json()) as Payload);
    assert.ok(response.ok, `${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** The bot at this node, with all its conversations and its own inbox. */
  async function listens(node: number, account: Account): Promise<Device> {
    const device = await Device.connect(at(node).mqtt, account, { subscribe: false });
    await device.client.subscribeAsync([topics.deviceInbox(account.user, account.device), EVENTS], {
      qos: 1,
    });
    return device;
  }

  const heard = (bot: Device, conversation: string): Payload[] =>
    bot.other.filter(([topic]) => topic === topics.events(conversation)).map(([, event]) => event);

  /** It is disconnected, and its token worth nothing, at every node. */
  async function isOff(t: TestContext, bots: readonly Device[], code: RegExp): Promise<void> {
    const began = performance.now();
    for (const bot of bots) await bot.until(() => !bot.client.connected, 'the end of the connection');
    for (const { account } of bots)
      for (const node of NODES)
        await eventually(
          async () => (await refusedGet(at(node), '/conversations', account)) !== null,
          `the end at gateway ${node}`,
        );
    t.diagnostic(`off at all nodes after ${Math.round(performance.now() - began)} ms`);
    for (const { account } of bots)
      for (const node of NODES) {
        await assert.rejects(Device.connect(at(node).mqtt, account), `broker ${node}`);
        assert.match((await refusedGet(at(node), '/conversations', account))!, code, `gateway ${node}`);
      }
  }

  const endings: [string, RegExp, (anna: Person, bot: string) => Promise<Payload>][] = [
    [
      'was given another token',
      /^device_revoked$/,
      (anna, bot) => call(0, 'POST', `/bots/${bot}/token`, {}, anna),
    ],
    ['was paused', /^bot_paused$/, (anna, bot) => call(0, 'PATCH', `/bots/${bot}`, { paused: true }, anna)],
    [
      'was deleted',
      /^(device_revoked|forbidden)$/,
      (anna, bot) => call(0, 'DELETE', `/bots/${bot}`, undefined, anna),
    ],
  ];
  for (const [how, code, end] of endings)
    it(`one that ${how} at another node is off everywhere`, async (t) => {
      const anna = await meet(0, 'anna');
      const first = await makeBot(at(0), anna.device.account, ['messages.read', 'messages.send']);
      const beside = botAccount(await call(1, 'POST', `/bots/${first.user}/token`, { beside: true }, anna));
      const bots = [await listens(1, first), await listens(0, beside)];
      const { conversation } = await anna.says({ user: first.user }, 'one');
      for (const bot of bots)
        await bot.until(() => heard(bot, conversation).length === 1, 'what is said to it');
      // So that everybody knows it.
      for (const { account } of bots)
        for (const node of NODES) assert.equal(await refusedGet(at(node), '/conversations', account), null);
      const answer = await end(anna, first.user);
      await isOff(t, bots, code);
      if (answer.mqtt === undefined) return;
      const next = botAccount(answer);
      for (const node of NODES) {
        const bot = await listens(node, next);
        const said = await anna.says({ conversation }, `at ${node}`);
        await bot.until(() => heard(bot, conversation).some(({ id }) => id === said.id), 'what follows');
        bot.drop();
      }
    });

  it('get nothing more of a conversation from which they were removed, at any node', async () => {
    const [anna, ben] = [await meet(0, 'anna'), await meet(1, 'ben')];
    const first = await makeBot(at(0), anna.device.account, ['messages.read', 'messages.send'], {
      groups: true,
    });
    const beside = botAccount(await call(1, 'POST', `/bots/${first.user}/token`, { beside: true }, anna));
    const bots = [await listens(0, first), await listens(1, beside)];
    const group = (name: string) => anna.does('group.create', { name, members: [ben.user, first.user] });
    const [{ conversation }, other] = [await group('Weather'), await group('Tides')];
    await ben.says({ conversation }, 'within');
    for (const bot of bots)
      await bot.until(() => heard(bot, conversation).length === 2, 'what is said in it');
    const removed = await overHttp(
      at(1),
      anna.device.account,
      'group.remove',
      { conversation, users: [first.user] },
      uuidv7(),
    );
    const secrets = [
      await anna.says({ conversation }, 'now that it is gone'),
      await ben.says({ conversation }, 'from another node'),
    ];
    // The mark: it comes behind them to both.
    const mark = await ben.says({ conversation: other.conversation }, 'mark');
    for (const bot of bots) {
      await bot.until(() => heard(bot, other.conversation).some(({ id }) => id === mark.id), 'the mark');
      assert.equal(heard(bot, conversation).at(-1).seq, removed.seq, 'the removal is the last that is heard');
    }
    for (const [node, bot] of bots.entries()) {
      const refused = await eventually(async () => {
        const answer = await bot.ask('message.send', {
          to: { conversation },
          content: { type: 'text', text: 'x' },
        });
        return answer.type === 'refused' ? answer : null;
      }, 'a refusal');
      assert.match(refused.error.code, /^(not_a_member|conversation_not_found)$/);
      const page = await request(
        at(node),
        'GET',
        `/messages/${conversation}?limit=100`,
        undefined,
        first.accessToken,
      );
      const shown = ((await page.json()) as Payload).events ?? [];
      for (const { id } of secrets) assert.ok(!shown.some((e: Payload) => e.id === id), 'history shows it');
      // Also after it comes back at the other node.
      bot.drop();
      const back = await listens(1 - node, bot.account);
      const again = await anna.says({ conversation: other.conversation }, `mark ${node}`);
      await back.until(
        () => heard(back, other.conversation).some(({ id }) => id === again.id),
        'the second mark',
      );
      assert.deepEqual(heard(back, conversation), []);
      back.drop();
    }
  });
});
