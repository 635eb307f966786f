import { createServer, type Server } from 'node:net';

/**
 * Below those that systems give to connections that go out (Linux: 32,768 and up): while a server that is killed is away, none of these
 * must take its port.
 */
const FIRST = 10_000;
const LAST = 32_000;
const MOST_TRIES = 100;

/** Ports that were free a moment ago: all held open together, so that they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => onFreePort()));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function onFreePort(): Promise<Server> {
  for (let left = MOST_TRIES; ; left--) {
    try {
      return await listening(FIRST + Math.floor(Math.random() * (LAST - FIRST)));
    } catch (error) {
      if (left === 1 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}

function listening(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
