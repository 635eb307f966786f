/** Each example does what it says, with the real program. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Server } from '../../../test/harness/server.ts';

const folder = fileURLToPath(new URL('./', import.meta.url));
const run = promisify(execFile);

const says: Record<string, string | RegExp> = {
  'chat.ts':
    /^alice sees "Dinner at eight\?", queued\n[\s\S]*bob has 1 unread: Dinner at eight\?\n[\s\S]*alice sees "Nine is better"\n/,
  'group.ts':
    'bob is in Boats: Who rows on Sunday?\n2 members; the owner is alice\nbob: Only an owner or administrator of the group may do this.\nbob has left\n',
  'receipts.ts': 'first queued, then delivered, in the end read\nread by 1 of 1\n',
  'offline.ts': 'shown at once, queued\nWritten on the train in the tunnel\n',
  'history.ts': 'Diary\n4 pages back to the start; 20 of them in memory\ntrue\n',
  'search.ts': 'here: Two OTTERS with young | An otter at the bridge\nserver: A heron\n',
  'presence.ts': 'bob is there\nbob is typing\nbob is gone\n',
  'listener.ts': 'is anybody there? (to message 2)\n',
};

describe('the examples', () => {
  let server: Server;
  before(async () => {
    server = await Server.started();
  });
  after(() => server?.dispose());

  it('are all here', () => {
    const files = readdirSync(folder).filter((file) => !/\.test\.ts$|^people\.ts$|\.md$/.test(file));
    assert.deepEqual(files.sort(), Object.keys(says).sort());
  });

  for (const [file, expected] of Object.entries(says)) {
    it(file, async () => {
      const { stdout } = await run(process.execPath, [folder + file, server.http, server.ws], {
        timeout: 60_000,
      });
      if (typeof expected === 'string') assert.equal(stdout, expected);
      else assert.match(stdout, expected);
    });
  }
});
