/** The bot that is a shell script does what it says, with Debian's mosquitto-clients and jq, and the real program. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { post, register } from '../../../../test/harness/account.ts';
import { Device } from '../../../../test/harness/device.ts';
import { mosquittoMissing } from '../../../../test/harness/mosquitto.ts';
import { Server } from '../../../../test/harness/server.ts';

const script = fileURLToPath(new URL('./echo.sh', import.meta.url));

function jqMissing(): string | false {
  try {
    execFileSync('jq', ['--version'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'jq is not installed';
  }
}

describe('echo.sh', { skip: mosquittoMissing() || jqMissing() }, () => {
  let server: Server;
  let alice: Device;
  let files: string[];
  let running: ReturnType<typeof spawn> | null = null;

  /** The script is a pipe of processes: they end as the group that they are. */
  const start = () => {
    running = spawn(script, ['127.0.0.1', String(server.mqttPort), ...files], {
      detached: true,
      stdio: 'inherit',
    });
  };
  const stop = async () => {
    if (running === null) return;
    const ended = once(running, 'exit');
    process.kill(-running.pid!, 'SIGTERM');
    running = null;
    await ended;
  };

  before(async () => {
    server = await Server.started();
    alice = await Device.connect(server.mqtt, await register(server, 'alice'));
    const ask = async (name: string, path: string, body: object) => {
      const response = await post(server, path, body, alice.account.accessToken);
      assert.equal(response.status, 201);
      const text = await response.text();
      const file = join(server.folder, name);
      writeFileSync(file, text);
      return { file, id: JSON.parse(text).bot.id as string };
    };
    const made = await ask('listen.json', '/bots', {
      username: 'echo',
      scopes: ['messages.read', 'messages.send'],
      groups: true,
    });
    files = [made.file, (await ask('say.json', `/bots/${made.id}/token`, { beside: true })).file];
  });
  after(async () => {
    await stop();
    alice?.drop();
    await server.dispose();
  });

  it('says again what is written to it, also what was written while it was not running, once', async () => {
    const bot = JSON.parse(readFileSync(files[0]!, 'utf8')).bot.id as string;
    const answers = () => alice.inbox.filter((p) => p.type === 'message' && p.sender.user === bot);
    await alice.text({ user: bot }, 'is "anybody" there?');
    start();
    await alice.until(() => answers().length === 1, 'the first answer');
    await stop();
    const { conversation } = await alice.ask('group.create', { name: 'Pier' });
    await alice.ask('group.add', { conversation, users: [bot] });
    await alice.text({ conversation }, 'not to it alone');
    await alice.text({ user: bot }, 'two');
    start();
    await alice.text({ user: bot }, 'three');
    await alice.until(() => answers().length === 3, 'three answers');
    assert.deepEqual(
      answers().map(({ content, reply_to }) => [content.text, reply_to]),
      [
        ['is "anybody" there?', 1],
        ['two', 3],
        ['three', 4],
      ],
    );
  });

  it('is in docs/BOTS.md as it is', () => {
    const page = readFileSync(new URL('../../../../docs/BOTS.md', import.meta.url), 'utf8');
    assert.ok(page.includes(`\`\`\`sh\n${readFileSync(script, 'utf8')}\`\`\``));
  });
});
