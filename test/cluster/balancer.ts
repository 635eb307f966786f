import { once } from 'node:events';
import net from 'node:net';

/** A TCP load balancer as plain as there is: each connection to any backend that takes it, no stickiness. */
export class Balancer {
  readonly port: number;
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();

  private constructor(server: net.Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async started(backends: readonly number[]): Promise<Balancer> {
    const server = net.createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const balancer = new Balancer(server, (server.address() as net.AddressInfo).port);
    server.on('connection', (socket) => balancer.#connect(socket, shuffled(backends)));
    return balancer;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #connect(client: net.Socket, [port, ...others]: number[]): void {
    client.on('error', () => client.destroy());
    if (port === undefined) {
      client.destroy();
      return;
    }
    const backend = net.connect({ port, host: '127.0.0.1', noDelay: true });
    const refused = () => this.#connect(client, others);
    backend.once('error', refused);
    backend.once('connect', () => {
      backend.off('error', refused);
      // It did not wait that long: its end has been seen already.
      if (client.destroyed) {
        backend.destroy();
        return;
      }
      for (const [from, to] of [
        [client, backend],
        [backend, client],
      ] as const) {
        this.#sockets.add(from);
        from.on('error', () => from.destroy());
        from.on('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
        from.pipe(to);
      }
    });
  }
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
