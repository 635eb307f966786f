/**
 * Stock Aedes on Redis: sessions, queues and retained messages in `aedes-persistence-redis`, nodes joined by `mqemitter-redis`, each with its
 * default options. Arguments: the port, the URL of Redis.
 */
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import { Redis } from 'ioredis';
import emitter from 'mqemitter-redis';

// It has no types.
const { default: persistence } = (await import('aedes-persistence-redis' as string)) as {
  default: (options: { conn: Redis }) => object;
};

const [port, url] = process.argv.slice(2) as [string, string];
const connect = () => new Redis(url);
const aedes = await Aedes.createBroker({
  persistence: persistence({ conn: connect() }),
  mq: emitter({ subConn: connect(), pubConn: connect() }),
});
const server = createServer(aedes.handle);
server.listen({ port: Number(port), host: '127.0.0.1', backlog: 1024 });
process.once('SIGTERM', () => process.exit(0));
