import { readFileSync } from 'node:fs';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { Config } from '../../platform/config/schema.ts';
import type { Logger } from '../../platform/logging.ts';

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Connections that the system keeps for us until they are accepted. */
const BACKLOG = 1_024;
/** Nothing is read until somebody is there who reads: also not into memory. */
const SOCKETS = { noDelay: true, pauseOnConnect: true } as const;

export interface ListenerEvents {
  /** A connection, before anything is read from it: `serve` is called when it is its turn, or it is destroyed. */
  admit(socket: net.Socket, ip: string, serve: () => void): void;
  /** A stream whose bytes are MQTT. */
  connected(stream: Duplex, ip: string, transport: 'tcp' | 'tls'): void;
}

/** MQTT over TCP and over TLS. */
export class Listeners {
  readonly #config: Config;
  readonly #logger: Logger;
  readonly #events: ListenerEvents;
  #tcp: net.Server | null = null;
  /** What comes to the port for TLS, before the handshake. */
  #secured: net.Server | null = null;
  #tls: tls.Server | null = null;

  constructor(config: Config, logger: Logger, events: ListenerEvents) {
    this.#config = config;
    this.#logger = logger;
    this.#events = events;
  }

  get ports(): { mqtt: number | null; mqtts: number | null } {
    return { mqtt: portOf(this.#tcp), mqtts: portOf(this.#secured) };
  }

  async listen(): Promise<void> {
    const { mqtt, mqtts, listen } = this.#config;
    if (mqtt.enabled) {
      this.#tcp = this.#tcpServer();
      await listening(this.#tcp, mqtt.port, listen.host);
    }
    if (mqtts.enabled) {
      this.#tls = this.#tlsServer();
      this.#secured = this.#securedServer(this.#tls);
      await listening(this.#secured, mqtts.port, listen.host);
    }
  }

  /** Takes new certificates into use for connections to come; keeps the old ones when they cannot be read. */
  reloadCertificates(): void {
    try {
      this.#tls?.setSecureContext(this.#certificates());
    } catch (error) {
      this.#logger.error({ err: error }, 'the certificate could not be read again; the old one stays');
    }
  }

  /** Takes no further connections; does not wait for those that are there. */
  close(): void {
    this.#tcp?.close();
    this.#secured?.close();
  }

  #tcpServer(): net.Server {
    return net.createServer(SOCKETS, (socket) => {
      const ip = socket.remoteAddress ?? '';
      this.#events.admit(socket, ip, () => this.#events.connected(socket, ip, 'tcp'));
    });
  }

  /** A connection waits for its turn before the handshake, which is what costs. */
  #securedServer(handshakes: tls.Server): net.Server {
    return net.createServer(SOCKETS, (socket) => {
      this.#events.admit(socket, socket.remoteAddress ?? '', () => handshakes.emit('connection', socket));
    });
  }

  #tlsServer(): tls.Server {
    const server = tls.createServer({
      ...this.#certificates(),
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    });
    server.on('secureConnection', (socket) =>
      this.#events.connected(socket, socket.remoteAddress ?? '', 'tls'),
    );
    server.on('tlsClientError', (error, socket) => {
      this.#logger.debug({ err: error }, 'a TLS handshake failed');
      socket.destroy();
    });
    return server;
  }

  #certificates(): tls.SecureContextOptions {
    const { cert, key } = this.#config.tls;
    return { cert: readFileSync(cert), key: readFileSync(key), minVersion: 'TLSv1.2' };
  }
}

function listening(server: net.Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', reject);
      server.on('error', () => {});
      resolve();
    });
  });
}

function portOf(server: net.Server | null): number | null {
  const address = server?.address();
  return typeof address === 'object' && address !== null ? address.port : null;
}
