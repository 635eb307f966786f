/** Stock Aedes: its own in-memory persistence and emitter, its default options, nothing else. Argument: the port. */
import { createServer } from 'node:net';
import { Aedes } from 'aedes';

const aedes = await Aedes.createBroker();
const server = createServer(aedes.handle);
// The largest scenario opens 5,000 connections at once.
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 1024 });
process.once('SIGTERM', () => process.exit(0));
