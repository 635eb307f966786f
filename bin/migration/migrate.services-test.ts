import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openDirectory } from '../../services/directory/open.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { dunlin } from '../../test/harness/dunlin.ts';
import { assertSame } from './fixtures/both-sides.ts';
import { type Filled, fillInstallation } from './fixtures/installation.ts';
import { type OwnServers, ownServers } from './fixtures/servers.ts';

const [postgres, mongodb, redis] = [sharedEngine('postgres'), sharedEngine('mongodb'), sharedEngine('redis')];
const skip = postgres.skip || mongodb.skip || redis.skip;
const program = fileURLToPath(new URL('../dunlin.ts', import.meta.url));

describe('dunlin migrate', { skip }, () => {
  let root: string;
  let original: string;
  let filled: Filled;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'dunlin-migrate-'));
    original = join(root, 'original');
    await cp(await emptyFolder(), original, { recursive: true });
    filled = await fillInstallation(original);
  });
  after(() => rm(root, { recursive: true, force: true }));

  const emptyFolder = () => mkdtemp(join(root, 'data-'));
  /** A data folder of its own, and servers of its own. */
  async function stage(run: (folder: string, servers: OwnServers) => Promise<void>): Promise<void> {
    const folder = await emptyFolder();
    await cp(original, folder, { recursive: true });
    const servers = await ownServers({ postgres: postgres.url, mongodb: mongodb.url, redis: redis.url });
    try {
      await run(folder, servers);
    } finally {
      await servers.dispose();
    }
  }
  const migrate = (folder: string, servers: OwnServers) =>
    dunlin(['migrate', `--data.folder=${folder}`, ...servers.flags]);

  it('brings everything over; once more changes nothing; a row that is changed is found', () =>
    stage(async (folder, servers) => {
      const first = await migrate(folder, servers);
      assert.equal(first.code, 0, first.stderr);
      assert.match(first.stdout, /events +1,\d+ +1,\d+ .*the same/);
      assert.doesNotMatch(first.stdout + first.stderr, /a%2Fsecret|PRIVATE/);
      await assertSame(folder, servers, filled);
      const before = await servers.everything();
      const second = await migrate(folder, servers);
      assert.equal(second.code, 0, second.stderr);
      assert.match(second.stdout, /moved before/);
      assert.equal(await servers.everything(), before);

      const user = filled.users[7]!.id;
      await servers.postgres.query('update users set name = $1 where id = $2', ['Mallory', user]);
      await servers.mongo
        .collection('events')
        .updateOne({ stream: filled.conversations[2]!, seq: 5 }, { $set: { time: 1 } });
      const device = filled.devices[3]!.id;
      const [field] = await servers.redis.hkeys(`${servers.prefix}cursors:{${device}}`);
      await servers.redis.hset(`${servers.prefix}cursors:{${device}}`, field!, 9_999);
      const third = await migrate(folder, servers);
      assert.equal(third.code, 1);
      assert.match(third.stderr, new RegExp(`directory, users: ${user} differs`));
      assert.match(third.stderr, new RegExp(`history, events: ${filled.conversations[2]}/5 differs`));
      assert.match(third.stderr, new RegExp(`redis, cursors: ${device} ${field} differs`));
    }));

  it('goes on where it was killed, and ends with the same', () =>
    stage(async (folder, servers) => {
      const flags = ['migrate', `--data.folder=${folder}`, ...servers.flags];
      let killed = 0;
      for (let attempt = 0; attempt < 6; attempt++) {
        const child = spawn(process.execPath, [program, ...flags], {
          cwd: root,
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        const exit = once(child, 'exit');
        await Promise.race([once(child.stdout, 'data'), exit]);
        await Promise.race([
          new Promise((resolve) => setTimeout(resolve, Math.random() * 400 * (attempt + 1))),
          exit,
        ]);
        if (child.exitCode === null) killed++;
        child.kill('SIGKILL');
        await exit;
      }
      assert.ok(killed >= 2, `killed ${killed} times`);
      const last = await migrate(folder, servers);
      assert.equal(last.code, 0, last.stderr);
      await assertSame(folder, servers, filled);
    }));

  it('does not touch a server that has other data', () =>
    stage(async (folder, servers) => {
      const run = async (engine: keyof OwnServers['urls']) =>
        dunlin(['migrate', `--data.folder=${folder}`, `--engines.${engine}=${servers.urls[engine]}`]);
      await servers.mongo.collection('events').insertOne({ stream: 's', seq: 1 });
      await servers.redis.hset(`${servers.prefix}reads:{someone}`, 's', 1);
      for (const engine of ['history', 'redis'] as const) {
        const { code, stderr } = await run(engine);
        assert.equal(code, 1);
        assert.match(stderr, new RegExp(`${engine}: it holds other data already`));
      }
      assert.equal(await servers.mongo.collection('events').countDocuments(), 1);
      assert.deepEqual(await servers.keys(), [`${servers.prefix}reads:{someone}`]);
      // Another installation, then one that has gone on.
      assert.equal((await run('directory')).code, 0);
      const [before] = await servers.postgres.query<{ count: number }>(
        'select count(*)::int as count from users',
      );
      const other = await emptyFolder();
      await fillInstallation(other, 2, 60);
      const refused = await dunlin([
        'migrate',
        `--data.folder=${other}`,
        `--engines.directory=${servers.urls.directory}`,
      ]);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /another installation was moved there/);
      const { accounts, close } = await openDirectory(join(folder, 'directory.db'));
      await accounts.setContact(filled.users[0]!.id, filled.users[1]!.id, 'since');
      await close();
      const gone = await run('directory');
      assert.equal(gone.code, 1);
      assert.match(gone.stderr, /changed since \(contacts\)/);
      assert.deepEqual(await servers.postgres.query('select count(*)::int as count from users'), [before]);
    }));

  it('says what it needs', async () => {
    const none = await dunlin(['migrate', `--data.folder=${original}`]);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /Usage: dunlin migrate/);
    const missing = await dunlin([
      'migrate',
      `--data.folder=${join(root, 'nowhere')}`,
      `--engines.redis=${redis.url}`,
    ]);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /holds no embedded installation/);
  });
});
