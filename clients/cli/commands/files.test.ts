import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { MediaServer } from '../../sdk/fixtures/media-server.ts';
import { MemoryStorage } from '../../sdk/index.ts';
import { openPathFiles } from '../../sdk/node.ts';
import { bob, direct, quiet, type Stage, saying, stage } from '../fixtures/stage.ts';
import { nameToSave } from '../saving.ts';
import { statusLine } from '../screen/status.ts';
import { textOf } from '../text/said.ts';
import { uploadsLine } from './files.ts';
import { run } from './index.ts';

describe('files in the terminal', () => {
  let folder: string;
  let server: MediaServer;
  let it_: Stage;
  const path = (name: string) => join(folder, name);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dunlin-files-'));
    server = new MediaServer();
    const storage = new MemoryStorage();
    const media = server.media(await server.listen());
    it_ = await stage(saying('hi'), storage, false, { media, open: openPathFiles(storage).open });
    await it_.app.show({ conversation: direct });
    await quiet();
    it_.server.came.length = 0;
  });
  afterEach(async () => {
    await it_.device.stop();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const sent = async () => {
    while (it_.server.changes.length === 0) await new Promise((resolve) => setImmediate(resolve));
    return it_.server.changes[0]![1] as { content: Record<string, unknown> };
  };
  /** Bob has sent what is in the last upload. */
  async function fromBob(name: string): Promise<void> {
    const [upload] = [...server.uploads.values()].slice(-1);
    it_.server.append(direct, 'message', bob, {
      content: {
        ...{ type: 'media', kind: 'document', media: upload!.media, mime: 'text/plain' },
        ...{ bytes: upload!.length, name },
      },
    });
    await it_.server.pumpAll();
    await quiet();
  }

  it('/file sends one, with a caption', async () => {
    writeFileSync(path('my boat.txt'), 'a boat');
    await run(it_.app, `/file "${path('my boat.txt')}" this is  ours`);
    const { content } = await sent();
    assert.equal([...server.uploads.values()][0]!.bytes.toString(), 'a boat');
    assert.equal(content.text, 'this is  ours');
    assert.equal(content.name, 'my boat.txt');
    assert.equal(content.type, 'media');
  });

  it('/file says what is wrong', async () => {
    for (const [typed, note] of [
      ['/file', /Usage: \/file/],
      [`/file ${path('nothing')}`, /There is no .*nothing/],
      [`/file ${folder}`, /is no file/],
      ['/save 1', /no file in this message/],
      ['/cancel', /Nothing is being uploaded/],
      ['/pause', /Nothing is being uploaded/],
    ] as const) {
      await run(it_.app, typed);
      assert.match(it_.app.notes.at(-1)!, note);
    }
    assert.deepEqual(it_.server.changes, []);
  });

  it('uploads are told of in the line of status, held, gone on with, and given up', async () => {
    let held = () => {};
    const hold = new Promise<void>((resolve) => {
      held = resolve;
    });
    server.before = async ({ method }) => {
      if (method === 'PATCH') await hold;
      return undefined;
    };
    writeFileSync(path('large'), Buffer.alloc(500_000));
    await run(it_.app, `/file ${path('large')}`);
    const status = () =>
      statusLine({ app: it_.app, question: null, narrow: true, panel: null } as never, 80)
        .map(({ text }) => text)
        .join('');
    assert.match(status(), /↑ 0% of 500 kB/);
    await run(it_.app, '/pause');
    assert.match(it_.app.notes.at(-1)!, /Held: 1/);
    assert.match(status(), /↑ 0% of 500 kB, held/);
    await run(it_.app, '/resume');
    assert.match(it_.app.notes.at(-1)!, /Going on: 1/);
    assert.doesNotMatch(status(), /held/);
    await run(it_.app, '/cancel');
    held();
    assert.match(it_.app.notes.at(-1)!, /Given up: 1/);
    assert.equal(it_.app.store.uploads!.progress.length, 0);
    assert.equal(uploadsLine([{ sent: 500, bytes: 1_000, state: 'running' }]), '↑ 50% of 1.0 kB');
  });

  it('/save writes beside what is there, and nothing over it', async () => {
    writeFileSync(path('source'), 'from bob');
    await run(it_.app, `/file ${path('source')}`);
    await sent();
    await fromBob('../../.ssh/\u202e\u001b[2Jkey.txt');
    const folderTo = path('inbox');
    mkdirSync(folderTo);
    for (let times = 0; times < 2; times++) await run(it_.app, `/save . ${folderTo}`);
    const [first, second, ...more] = readdirSync(folderTo).sort();
    assert.deepEqual(more, []);
    assert.match(first!, /^_[\w.[]*key \(1\)\.txt$/);
    assert.match(second!, /^_[\w.[]*key\.txt$/);
    assert.equal(readFileSync(join(folderTo, first!), 'utf8'), 'from bob');
    assert.equal(statSync(join(folderTo, first!)).mode & 0o777, 0o600);

    writeFileSync(path('mine'), 'mine');
    await run(it_.app, `/save . ${path('mine')}`);
    assert.match(it_.app.notes.at(-1)!, /is there already/);
    assert.equal(readFileSync(path('mine'), 'utf8'), 'mine');
  });

  it('/file encrypts where it is asked to, and /save decrypts; what is damaged is not saved', async () => {
    writeFileSync(path('my boat.txt'), 'a boat that nobody sees');
    await run(it_.app, `/file -e "${path('my boat.txt')}" this is  ours`);
    const { content } = await sent();
    const [upload] = [...server.uploads.values()];
    assert.ok(!upload!.bytes.includes('boat'));
    assert.deepEqual([content.text, content.name], ['this is  ours', 'my boat.txt']);
    it_.server.append(direct, 'message', bob, { content });
    await it_.server.pumpAll();
    await quiet();
    await run(it_.app, `/save . ${path('saved.txt')}`);
    assert.match(it_.app.notes.at(-1)!, /Saved: .*saved\.txt \(23 B\)/);
    assert.equal(readFileSync(path('saved.txt'), 'utf8'), 'a boat that nobody sees');

    upload!.bytes[3]! ^= 1;
    await run(it_.app, `/save . ${path('damaged.txt')}`);
    assert.match(it_.app.notes.at(-1)!, /damaged/);
    assert.deepEqual(readdirSync(folder).sort(), ['my boat.txt', 'saved.txt']);
  });

  it('/save leaves nothing of what has not come whole', async () => {
    writeFileSync(path('source'), 'x'.repeat(1_000));
    await run(it_.app, `/file ${path('source')}`);
    await sent();
    await fromBob('half.txt');
    server.cutFetches = true;
    await run(it_.app, `/save . ${path('half.txt')}`);
    assert.doesNotMatch(it_.app.notes.at(-1)!, /Saved/);
    assert.deepEqual(readdirSync(folder), ['source']);
  });

  it('names are plain names on every system', () => {
    const table: [string | undefined, string][] = [
      ['boat.png', 'boat.png'],
      ['../../etc/passwd', '__.._etc_passwd'],
      ['-rf', '_rf'],
      ['.bashrc', '_bashrc'],
      ['con.txt', '_con.txt'],
      ['a:b|c?.txt. ', 'a_b_c_.txt'],
      ['..', 'file'],
      ['', 'file'],
      [undefined, 'file'],
    ];
    for (const [name, plain] of table) assert.equal(nameToSave(name), plain);
    assert.ok(nameToSave(`${'x'.repeat(400)}.png`).endsWith('.png'));
  });

  it('a message with a file says what it is', () => {
    const of = (more: object) =>
      textOf({
        content: { type: 'media', media: 'm', mime: 'a/b', bytes: 1_234_567, ...more } as never,
        gone: null,
        unreadable: false,
      });
    assert.equal(of({ kind: 'image', name: 'boat.png' }), '[photo 1.2 MB boat.png]');
    assert.equal(
      of({ kind: 'voice', duration_ms: 12_000, text: 'hear' }),
      '[voice message 0:12 1.2 MB] hear',
    );
    assert.equal(of({ kind: 'document', name: '\u001b[2J\u202egpj.exe' }), '[file 1.2 MB [2Jgpj.exe]');
    assert.equal(of({ kind: 'nothing', text: 'as it is' }), 'as it is');
  });
});

describe('files that stay where they are', () => {
  it('are there after a restart, as long as they are the same', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dunlin-files-'));
    const storage = new MemoryStorage();
    const file = join(folder, 'a');
    writeFileSync(file, 'as it was');
    const before = openPathFiles(storage);
    await before.put('id', await before.open(file));
    assert.equal(await (await openPathFiles(storage).get('id'))?.text(), 'as it was');
    writeFileSync(file, 'something else');
    assert.equal(await openPathFiles(storage).get('id'), null);
    await before.remove('id');
    assert.equal(await before.get('id'), null);
    assert.deepEqual(await storage.list(''), []);
    rmSync(folder, { recursive: true });
  });
});
