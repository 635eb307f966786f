/** docs/BOTS.md takes somebody from nothing to a bot that answers: its lines are run as they stand there. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root, Server } from '../../../test/harness/server.ts';

const page = readFileSync(join(root, 'docs/BOTS.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

describe('the five lines', { timeout: 120_000 }, () => {
  let server: Server;
  let shell: ChildProcess | null = null;
  before(async () => {
    server = await Server.started();
  });
  after(async () => {
    // The bot is in the background: they end as the group that they are.
    if (shell !== null) {
      const ended = once(shell, 'close');
      process.kill(-shell.pid!, 'SIGKILL');
      await ended;
    }
    await server?.dispose();
  });

  it('make a bot that answers', async () => {
    const lines = /^## A bot in five lines$.*?^```sh\n(.*?)^```$/ms.exec(page)![1]!;
    assert.equal(lines.trimEnd().split('\n').length, 5);
    // Another server than the usual one, another home, and no npm in between: what the scripts of package.json say.
    const here = lines
      .replaceAll('http://localhost:8080', server.http)
      .replaceAll(/npm run (\w+) --/g, (_, name) => {
        const [node, file] = (scripts[name] as string).split(' ');
        assert.equal(node, 'node');
        return `'${process.execPath}' '${join(root, file!)}' ${name === 'chat' ? `--server ${server.http}` : ''}`;
      });
    const child = spawn('sh', ['-e', '-c', here], {
      ...{ cwd: server.folder, detached: true, stdio: ['pipe', 'pipe', 'inherit'] },
      env: {
        PATH: process.env.PATH,
        DUNLIN_BOT_URL: server.mqtt,
        DUNLIN_PASSWORD: 'correct horse battery staple',
      },
    });
    shell = child;
    child.stdin!.write('/dm echo are you there?\n');
    let output = '';
    const signal = AbortSignal.timeout(60_000);
    while (!(/echo: are you there\?/.test(output) && /@echo is listening/.test(output))) {
      const [chunk] = await once(child.stdout!, 'data', { signal }).catch(() => assert.fail(output));
      output += String(chunk);
    }
    assert.equal(statSync(join(server.folder, 'echo.json')).mode & 0o077, 0, 'nobody else reads its token');
  });
});
