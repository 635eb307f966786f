import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Mark } from '../../services/migration/mark.ts';
import { sharedEngine } from '../../test/engines/shared.ts';
import { dunlin } from '../../test/harness/dunlin.ts';
import { Server } from '../../test/harness/server.ts';
import { fillInstallation } from './fixtures/installation.ts';
import { type OwnServers, ownServers } from './fixtures/servers.ts';

const [postgres, mongodb, redis] = [sharedEngine('postgres'), sharedEngine('mongodb'), sharedEngine('redis')];
const skip = postgres.skip || mongodb.skip || redis.skip;
type Engine = keyof OwnServers['urls'];

describe('dunlin serve, where an installation was moved', { skip, timeout: 240_000 }, () => {
  let folder: string;
  let servers: OwnServers;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-look-for-'));
    servers = await ownServers({ postgres: postgres.url, mongodb: mongodb.url, redis: redis.url });
    await mkdir(join(folder, 'data'));
    await fillInstallation(join(folder, 'data'), 2, 60);
  });
  after(async () => {
    await servers?.dispose();
    await rm(folder, { recursive: true, force: true });
  });
  const onServers = () => [...servers.flags, `--engines.log=${servers.urls.redis}`];
  /** Tries to serve from another folder: the end of it, as it must not start. */
  const refused = async (flags: string[]) => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'dunlin-look-for-'));
    try {
      return await dunlin(['serve', `--data.folder=${elsewhere}`, ...flags]);
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  };
  async function changeMark(engine: Engine, change: (mark: Mark) => void): Promise<void> {
    const marks = await marksOf(servers, engine);
    const mark = JSON.parse(await marks.read()) as Mark;
    change(mark);
    await marks.write(JSON.stringify(mark));
  }

  it('says nothing before', async () => {
    const server = await Server.started({ flags: onServers() });
    try {
      assert.doesNotMatch(server.output, /moved/);
    } finally {
      await server.dispose();
      // It has made tables and keys; nobody is there yet.
      await servers.dispose();
      servers = await ownServers({ postgres: postgres.url, mongodb: mongodb.url, redis: redis.url });
    }
  });

  it('starts on servers that hold all of it, and warns where the folder is used again', async () => {
    const { code, stderr } = await dunlin([
      'migrate',
      `--data.folder=${join(folder, 'data')}`,
      ...servers.flags,
    ]);
    assert.equal(code, 0, stderr);
    const moved = await Server.started({ flags: onServers() });
    try {
      assert.doesNotMatch(moved.output, /moved/);
    } finally {
      await moved.dispose();
    }
    const again = await Server.started({ folder });
    try {
      for (const engine of ['directory', 'history', 'redis'])
        await again.says(new RegExp(`engines\\.${engine} was moved to a server on \\d`));
    } finally {
      await again.dispose();
    }
  });

  for (const engine of ['directory', 'history', 'redis'] as const)
    it(`does not start while ${engine} is half moved`, async () => {
      await changeMark(engine, (mark) => {
        mark.state = 'moving';
      });
      const { code, stderr } = await refused(onServers());
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`Not started: a migration to engines\\.${engine} was begun`));
      await changeMark(engine, (mark) => {
        mark.state = 'moved';
      });
    });

  it('does not start on parts of two installations', async () => {
    await changeMark('history', (mark) => {
      mark.installation = 'another';
    });
    const { code, stderr } = await refused(onServers());
    assert.equal(code, 1);
    assert.match(stderr, /Not started: different installations/);
  });

  it('says which server does not answer', async () => {
    const { code, stderr } = await refused([
      '--engines.directory=postgres://nobody@127.0.0.1:1/none',
      '--engines.deadlineMs=200',
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /^engines\.directory \(PostgreSQL\): ./m);
  });
});

/** The mark of one server, as it is kept there. */
async function marksOf(servers: OwnServers, engine: Engine) {
  switch (engine) {
    case 'directory':
      return {
        read: async () =>
          (await servers.postgres.query<{ mark: string }>('select mark from migration'))[0]!.mark,
        write: (mark: string) => servers.postgres.query('update migration set mark = $1', [mark]),
      };
    case 'history': {
      const marks = servers.mongo.collection<{ _id: string; mark: string }>('migration');
      return {
        read: async () => (await marks.findOne({ _id: 'mark' }))!.mark,
        write: (mark: string) => marks.updateOne({ _id: 'mark' }, { $set: { mark } }),
      };
    }
    case 'redis': {
      const key = `${servers.prefix}migration`;
      return {
        read: async () => (await servers.redis.get(key))!,
        write: (mark: string) => servers.redis.set(key, mark),
      };
    }
  }
}
