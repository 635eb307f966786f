/** Uploads that take long are let go on as long as they do, and are cut off when they do not. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Account, register } from '../harness/account.ts';
import { Server } from '../harness/server.ts';
import { uploadForm } from './files.ts';

describe('uploads that take long', { timeout: 60_000 }, () => {
  let server: Server;
  let anna: Account;
  before(async () => {
    server = await Server.started({ flags: ['--media.idleSeconds=3', '--media.uploadsAtOnce=2'] });
    anna = await register(server, 'anna');
  });
  after(() => server.dispose());

  /** The beginning of an upload of so many bytes; what comes back is in `said`. */
  function begun(length: number): { socket: Socket; said: () => string; ended: Promise<unknown> } {
    const socket = connect(server.httpPort, '127.0.0.1');
    let said = '';
    socket.on('data', (piece: Buffer) => {
      said += piece.toString();
    });
    socket.on('error', () => {});
    socket.write(
      [
        'POST /media/upload HTTP/1.1',
        'host: dunlin',
        `authorization: Bearer ${anna.accessToken}`,
        'content-type: multipart/form-data; boundary=b',
        `content-length: ${length}`,
        '',
        '',
      ].join('\r\n'),
    );
    return { socket, said: () => said, ended: once(socket, 'close') };
  }
  const head = '--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n';
  const leftovers = async () => readdir(join(server.folder, 'data/uploads')).catch(() => []);

  it('are cut off when nothing comes, and leave nothing behind', async () => {
    const { socket, ended } = begun(1_000_000);
    socket.write(head);
    socket.write(Buffer.alloc(1_000));
    await ended;
    // What was on its way is removed by the time that another one has been taken.
    const { status } = await uploadForm(server, anna, 10);
    assert.equal(status, 201);
    assert.deepEqual(await leftovers(), []);
  });

  it('go on as long as something comes, longer than nothing may', async () => {
    const tail = '\r\n--b--\r\n';
    const pieces = 10;
    const { socket, said, ended } = begun(head.length + pieces + tail.length);
    socket.write(head);
    // As slow as may be: in all twice as long as nothing may come.
    for (let i = 0; i < pieces; i++) {
      await new Promise((resolve) => setTimeout(resolve, 600));
      socket.write('x');
    }
    socket.write(tail);
    await Promise.race([once(socket, 'data'), ended]);
    assert.match(said(), /^HTTP\/1\.1 201 /);
    socket.destroy();
  });

  it('are so many at once and no more', async () => {
    const [first, second] = [begun(1_000_000), begun(1_000_000)];
    for (const { socket } of [first, second]) {
      socket.write(head);
      socket.write(Buffer.alloc(1_000));
    }
    // Both are under way when their bytes are in files.
    while ((await leftovers()).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    const { status, body } = await uploadForm(server, anna, 10);
    assert.deepEqual([status, (body as unknown as { code: string }).code], [429, 'rate_limited']);
    for (const { socket } of [first, second]) socket.destroy();
    while ((await leftovers()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal((await uploadForm(server, anna, 10)).status, 201);
  });
});
