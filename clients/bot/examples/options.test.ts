import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { MemoryStorage } from '../../sdk/index.ts';
import { echo } from './echo/echo.ts';
import { UsageError } from './example.ts';
import { Program } from './fixtures/stage.ts';
import { readOptions, usage } from './options.ts';
import { reminder } from './reminder/reminder.ts';
import { sensorBridge } from './sensor-bridge/sensor-bridge.ts';
import { readSettings } from './sensor-bridge/settings.ts';

const made = (device: string) => ({
  bot: { id: '01940000-0000-7000-8000-000000000b07', username: 'echo' },
  mqtt: { username: '01940000-0000-7000-8000-000000000b07', client_id: device, password: 'secret' },
});

describe('how an example is started', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dunlin-bot-options-'));
  const file = (name: string, content: unknown) => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  after(() => rmSync(folder, { recursive: true }));
  const good = file('good.json', made('a'));

  it('takes options before variables, and those before what is usual', () => {
    const options = readOptions(echo, ['--credentials', good, '--data', '/tmp/x'], {
      DUNLIN_BOT_URL: 'mqtts://a:1',
    })!;
    assert.deepEqual(
      [options.url, options.file, options.hearBots, options.credentials.mqtt.client_id],
      ['mqtts://a:1', '/tmp/x/01940000-0000-7000-8000-000000000b07.db', false, 'a'],
    );
    const env = { DUNLIN_BOT_CREDENTIALS: JSON.stringify(made('b')), DUNLIN_BOT_URL: 'mqtt://a' };
    const other = readOptions(echo, ['--url', 'ws://c', '--hear-bots'], env)!;
    assert.deepEqual([other.url, other.hearBots, other.credentials.mqtt.client_id], ['ws://c', true, 'b']);
    assert.equal(readOptions(echo, ['--help'], {}), null);
  });

  it('says what is wrong, and no secret', () => {
    const refused = file('refused.json', { code: 'username_taken', detail: 'echo' });
    const half = file('half.json', { mqtt: { password: 'secret' } });
    for (const [args, message] of [
      [[], /--credentials: which bot/],
      [['--credentials', join(folder, 'none.json')], /cannot be read \(ENOENT\)/],
      [['--credentials', file('text.json', 'secret')], /no JSON/],
      [['--credentials', refused], /not what POST \/bots answers.*: echo$/],
      [['--credentials', half], /not what POST \/bots answers/],
      [['--credentials', good, '--url', 'http://a'], /--url/],
      [['--credentials', good, '--loud'], /loud/],
    ] as const)
      assert.throws(
        () => readOptions(echo, [...args], {}),
        (error: Error) => {
          assert.ok(error instanceof UsageError);
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /secret/);
          return true;
        },
      );
  });

  it('tells of every option', () => {
    for (const [name, example] of Object.entries({ echo, reminder, 'sensor-bridge': sensorBridge }))
      for (const option of [
        ...Object.keys(example.options),
        'credentials',
        'url',
        'data',
        'hear-bots',
        'help',
      ])
        assert.ok(usage(name, example).includes(`\n  --${option} `), `${name} --${option}`);
  });

  it('ends with 2 and the usage where it means nothing, with 0 where help is asked for', async () => {
    for (const [args, code, text] of [
      [[], 0, /sensor-bridge/],
      [['nobody'], 2, /sensor-bridge/],
      [['constructor'], 2, /sensor-bridge/],
      [['echo'], 2, /which bot is it/],
      [['reminder', '--help'], 0, /--timezone ZONE/],
      [['reminder', '--credentials', good, '--data', folder, '--timezone', 'Mars'], 2, /there is no "Mars"/],
    ] as const) {
      const program = new Program([...args]);
      assert.equal(await program.ended(), code, args.join(' '));
      assert.match(program.output, text);
    }
  });

  describe('of the sensor bridge', () => {
    const settings = (values: Record<string, string | string[]>, env: Record<string, string> = {}) =>
      readSettings({
        ...{ url: 'mqtt://here', credentials: made('a'), storage: new MemoryStorage(), log: () => {} },
        ...{ values, env },
      });
    const rule = ['a above 1'];
    const sensors = JSON.stringify(made('b'));

    it('is read from options and variables', () => {
      const one = settings({ rule, sensors, group: 'g', messages: '2', minutes: '0.5' });
      assert.deepEqual([one.group, one.rate], ['g', { messages: 2, per: 30_000 }]);
      assert.deepEqual(
        [one.source.url, one.source.clientId, one.source.password],
        ['mqtt://here', 'b', 'secret'],
      );
      const env = {
        BRIDGE_RULES: 'a above 1\n\nb below 2\n',
        BRIDGE_SENSORS_URL: 'mqtt://there',
        BRIDGE_USERNAME: 'u',
      };
      const other = settings({}, env);
      assert.deepEqual([other.rules.length, other.group, other.rate.messages], [2, null, 6]);
      assert.deepEqual(other.source, {
        ...{ url: 'mqtt://there', clientId: 'dunlin-01940000-0000-7000-8000-000000000b07', username: 'u' },
      });
    });

    it('is refused where it could not work', () => {
      for (const [values, message] of [
        [{ sensors }, /--rule/],
        [{ rule }, /--sensors: a second token/],
        [{ rule, sensors: JSON.stringify(made('a')) }, /the same token/],
        [{ rule, 'sensors-url': 'http://there' }, /--sensors-url/],
        [{ rule, sensors, messages: '0' }, /--messages/],
        [{ rule, sensors, minutes: 'x' }, /--minutes/],
        [{ rule: Array(101).fill('a above 1'), sensors }, /100 at most/],
      ] as const)
        assert.throws(() => settings(values as never), message);
    });
  });
});
