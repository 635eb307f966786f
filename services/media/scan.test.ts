import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Refused } from '../../protocol/errors.ts';
import { createScan } from './scan.ts';

const EVIL = 'the body of a virus';
const refusedWith = (code: string) => (error: unknown) =>
  error instanceof Refused && error.refusal.code === code;

/** Reads INSTREAM as clamd(8) says, and answers what `verdict` says of the bytes. */
function clamd(verdict: (bytes: Buffer, socket: Socket) => string | null): Server {
  return createServer((socket) => {
    let got = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (piece) => {
      got = Buffer.concat([got, piece]);
      const command = 'zINSTREAM\0';
      if (!got.subarray(0, command.length).equals(Buffer.from(command).subarray(0, got.length)))
        return socket.destroy();
      const pieces: Buffer[] = [];
      for (let at = command.length; at + 4 <= got.length; ) {
        const length = got.readUInt32BE(at);
        if (length === 0) {
          const answer = verdict(Buffer.concat(pieces), socket);
          if (answer !== null) socket.end(`${answer}\0`);
          return;
        }
        if (at + 4 + length > got.length) return;
        pieces.push(got.subarray(at + 4, at + 4 + length));
        at += 4 + length;
      }
    });
  });
}

describe('looking for viruses', () => {
  let folder: string;
  let [good, evil, program]: string[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-scan-'));
    [good, evil, program] = ['good', 'evil file; $(x)', 'scanner.sh'].map((name) => join(folder, name));
    await writeFile(good!, Buffer.alloc(300_000, 1));
    await writeFile(evil!, EVIL);
    await writeFile(
      program!,
      '#!/bin/sh\ngrep -q "body of a virus" "$2" && exit 1\n[ "$1" = fails ] && exit 2\nexit 0\n',
    );
    await chmod(program!, 0o700);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is done by a program, whose word counts only when it is clear', async () => {
    const scan = createScan([program!, 'works', '{file}'], 10_000)!;
    await scan(good!);
    await assert.rejects(scan(evil!), refusedWith('media_rejected'));
    await assert.rejects(
      createScan([program!, 'fails', '{file}'], 10_000)!(good!),
      refusedWith('unavailable'),
    );
    await assert.rejects(
      createScan([join(folder, 'is-not-there')], 10_000)!(good!),
      refusedWith('unavailable'),
    );
    await assert.rejects(createScan(['sleep', '60'], 50)!(good!), refusedWith('unavailable'));
  });

  it('is done by clamd, which is sent all of it', async () => {
    let seen = 0;
    const server = clamd((bytes) => {
      seen = bytes.length;
      return bytes.includes(EVIL) ? 'stream: Win.Test.EICAR_HDB-1 FOUND' : 'stream: OK';
    });
    const path = join(folder, 'clamd.sock');
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      const scan = createScan([`clamd://${path}`], 10_000)!;
      await scan(good!);
      assert.equal(seen, 300_000);
      await assert.rejects(scan(evil!), refusedWith('media_rejected'));
    } finally {
      server.close();
    }
  });

  const failing: [string, Parameters<typeof clamd>[0]][] = [
    ['says that it cannot', () => 'INSTREAM size limit exceeded. ERROR'],
    ['says nothing', () => null],
    [
      'ends',
      (_bytes, socket) => {
        socket.destroy();
        return null;
      },
    ],
  ];
  for (const [what, verdict] of failing)
    it(`lets nothing through when clamd ${what}`, async () => {
      const server = clamd(verdict);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      try {
        await assert.rejects(
          createScan([`clamd://127.0.0.1:${port}`], 300)!(good!),
          refusedWith('unavailable'),
        );
      } finally {
        server.close();
      }
      await assert.rejects(
        createScan([`clamd://127.0.0.1:${port}`], 300)!(good!),
        refusedWith('unavailable'),
      );
    });

  it('is not done where nobody is named, and only as it can be', () => {
    assert.equal(createScan([], 1), null);
    for (const how of [['clamd://'], ['clamd:host'], ['clamd://host:1', 'more']])
      assert.throws(() => createScan(how, 1), TypeError);
  });
});
