import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import type { InnerClient } from '../aedes-inside.ts';
import { settled } from '../fixtures/connection.ts';
import { readSteadily, startReading } from './reading.ts';

/** A client as Aedes makes it, as far as reading goes; every byte is a packet. */
function stage() {
  const conn = new PassThrough();
  let parsed = 0;
  const client = {
    conn,
    closed: false,
    _paused: false,
    _parsingBatch: 1,
    _nextBatch: () => assert.fail('Aedes reads'),
    resume() {
      client._paused = false;
      assert.fail('Aedes resumes');
    },
    _parser: {
      parse(bytes: Buffer) {
        parsed += bytes.length;
        client._parsingBatch += bytes.length;
      },
    },
  };
  conn.on('readable', client._nextBatch);
  Object.assign(conn, { client });
  readSteadily(client as unknown as InnerClient);
  return { conn, client, inner: client as unknown as InnerClient, parsed: () => parsed };
}

describe('reading', () => {
  it('goes on while packets are being handled, up to a number of them', async () => {
    const { conn, parsed } = stage();
    for (let n = 1; n <= 3; n++) {
      conn.write(Buffer.alloc(100));
      await once(conn, 'readable');
      await settled();
      assert.equal(parsed(), n * 100);
    }
    conn.write(Buffer.alloc(100));
    await settled();
    assert.equal(parsed(), 300, 'read on although 300 packets are being handled');
  });

  it('does not go on while the session is being restored, also when Aedes says so', async () => {
    const { conn, client, inner, parsed } = stage();
    client._paused = true;
    inner.resume();
    conn.write(Buffer.alloc(10));
    await settled();
    assert.equal(parsed(), 0);
    startReading(inner);
    conn.read(0);
    conn.emit('readable');
    assert.equal(parsed(), 10);
  });

  it('ends with the connection', async () => {
    const { conn, client, parsed } = stage();
    client.closed = true;
    conn.write(Buffer.alloc(10));
    await settled();
    assert.equal(parsed(), 0);
  });
});
