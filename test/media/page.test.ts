/** docs/MEDIA.md: every route and field is in it, and its examples do what it says. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { mediaRoutes, UploadFields } from '../../protocol/http/media.ts';
import { CAMERA, tellingPicture } from '../../services/media/images/samples.ts';
import { type Account, register } from '../harness/account.ts';
import { Server } from '../harness/server.ts';
import { authorization } from './files.ts';

const page = readFileSync(new URL('../../docs/MEDIA.md', import.meta.url), 'utf8');
const examples = new Map(
  [...page.matchAll(/^```sh\n# ([^\n]*)\n(.*?)^```$/gms)].map(([, name, script]) => [name!, script!]),
);
const run = promisify(execFile);

/** Programs that the examples use and a machine may not have. */
async function missing(): Promise<string | false> {
  for (const program of ['curl', 'openssl', 'jq']) {
    const found = await run(program, ['--version']).catch(() => run(program, ['version']).catch(() => null));
    if (found === null) return `no ${program}`;
  }
  return false;
}

describe('docs/MEDIA.md', () => {
  it('has every route and every field', () => {
    for (const { method, path } of Object.values(mediaRoutes))
      assert.ok(page.includes(`| \`${method} ${path}\` |`), `${method} ${path}`);
    for (const field of Object.keys(UploadFields.properties)) assert.ok(page.includes(`\`${field}\``), field);
  });
});

describe('the examples of docs/MEDIA.md', { skip: await missing() }, () => {
  let server: Server;
  let alice: Account;
  let bob: Account;
  let folder: string;
  const environment: Record<string, string> = {};
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-page-'));
    server = await Server.started();
    [alice, bob] = await Promise.all([register(server, 'alice'), register(server, 'bob')]);
    const [picture, target] = [join(folder, 'picture.jpg'), join(folder, 'fetched')];
    await writeFile(picture, await tellingPicture('jpeg'));
    Object.assign(environment, { HOST: server.http, TOKEN: alice.accessToken, FRIEND: bob.user });
    Object.assign(environment, { PICTURE: picture, TARGET: target });
  });
  after(async () => {
    await server.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const example = async (name: string) => {
    const script = examples.get(name);
    assert.ok(script !== undefined, `there is no example ${name}`);
    const env = { PATH: process.env.PATH, ...environment };
    const { stdout } = await run('bash', ['-euc', script], { env });
    return stdout;
  };

  it('upload, send and fetch', async () => {
    const media = JSON.parse(await example('upload'));
    assert.equal(media.kind, 'image');
    Object.assign(environment, { MEDIA: media.id, BYTES: String(media.bytes) });
    const sent = JSON.parse(await example('send'));
    assert.equal(sent.content.media, media.id);
    environment.TOKEN = bob.accessToken;
    await example('fetch');
    environment.TOKEN = alice.accessToken;
    const fetched = await readFile(environment.TARGET!);
    assert.equal(fetched.length, media.bytes);
    assert.ok(!fetched.includes(CAMERA));
  });

  it('begin, and go on', async () => {
    const location = /^location: (\S+)/im.exec(await example('begin'));
    environment.UPLOAD = location![1]!;
    const id = /^media-id: (\S+)/im.exec(await example('go on'))![1]!;
    const told = await fetch(`${server.http}/media/${id}`, { headers: authorization(alice) });
    const { name, bytes } = (await told.json()) as { name: string; bytes: number };
    assert.deepEqual([name, bytes], ['note.txt', 11]);
  });
});
