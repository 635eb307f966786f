/** A bot that is killed, and one that is told to go slower: each event is answered once, in order, all the same. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Device } from '../../test/harness/device.ts';
import { Server } from '../../test/harness/server.ts';
import { Stage } from './examples/fixtures/stage.ts';

const program = fileURLToPath(new URL('./fixtures/cut-bot.ts', import.meta.url));

describe('a bot that is killed', { timeout: 120_000 }, () => {
  let stage: Stage;
  let alice: Device;
  let child: ChildProcess;
  let output = '';
  const start = () => {
    const args = [program, stage.server.mqtt, stage.file, join(stage.server.folder, 'cut.db')];
    child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    output = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      child.emit('said');
    });
  };
  const until = async (text: string) => {
    const signal = AbortSignal.timeout(30_000);
    while (!output.includes(text)) await once(child, 'said', { signal });
  };
  const kill = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  const texts = () => stage.said(alice).map(({ content }) => content.text as string);

  before(async () => {
    const flags = ['--limits.botCommandsPerSecond=5', '--limits.botCommandBurst=5'];
    stage = await Stage.open(await Server.started({ flags }), 'cutter');
    alice = await stage.someone('alice');
  });
  after(async () => {
    if (child !== undefined) await kill('SIGKILL');
    await stage?.close();
  });

  it('between its answer and its end answers once, and counts once', async () => {
    await stage.tells(alice, 'one');
    await stage.tells(alice, 'cut two');
    await stage.tells(alice, 'three');
    start();
    await until('between');
    assert.deepEqual(texts(), ['one 1', 'cut two 2']);
    await kill('SIGKILL');
    start();
    await stage.hears(alice, 'three 3');
    assert.match(output, /answered cut two/);
    assert.deepEqual(texts(), ['one 1', 'cut two 2', 'three 3']);
    await kill('SIGKILL');
    await stage.tells(alice, 'four');
    start();
    await stage.hears(alice, 'four 4');
    assert.deepEqual(texts(), ['one 1', 'cut two 2', 'three 3', 'four 4']);
  });

  it('at any moment, again and again, loses nothing and says nothing twice, however slow it must go', async () => {
    const before = texts().length;
    const wanted = Array.from({ length: 25 }, (_, i) => `n${i}`);
    for (const [at, text] of wanted.entries()) {
      await stage.tells(alice, text);
      if (at % 8 !== 7) continue;
      await kill('SIGKILL');
      start();
    }
    await stage.hears(alice, /^n24 /);
    assert.deepEqual(
      texts()
        .slice(before)
        .map((text) => text.split(' ')[0]),
      wanted,
    );
    assert.equal(texts().at(-1), `n24 ${before + 25}`);
    await kill('SIGTERM');
  });
});
