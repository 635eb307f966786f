/** For tests: a way to a server that is as slow as one wants it. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';

const TICK_MS = 50;

export interface SlowWay {
  origin: string;
  /** Bytes a second that go to the server; null: as fast as can be. */
  rate: number | null;
  close(): Promise<void>;
}

export async function slowWay(origin: string): Promise<SlowWay> {
  const port = Number(new URL(origin).port);
  const sockets = new Set<Socket>();
  const way: SlowWay = { origin: '', rate: null, close };
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
    }
    far.pipe(near);
    near.pipe(slowly(way)).pipe(far);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  way.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return way;

  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** As much as there is goes on; the next has to wait for as long as this one takes. */
const slowly = (way: SlowWay) =>
  new Transform({
    highWaterMark: 4_096,
    transform(chunk: Buffer, _encoding, done) {
      if (way.rate === null) return done(null, chunk);
      setTimeout(() => done(null, chunk), Math.max(TICK_MS, (chunk.length / way.rate) * 1_000));
    },
  });
