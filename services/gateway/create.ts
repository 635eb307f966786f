import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buildApp } from './app.ts';
import { InFlight } from './in-flight.ts';
import type { GatewayParts } from './parts.ts';
import { upgradeToMqtt } from './websocket.ts';

/** HTTP, and MQTT over WebSocket, on one port. */
export interface Gateway {
  /** Resolves with the port. */
  listen(): Promise<number>;
  /** Takes nothing new, and resolves when every request that had come is answered. */
  drain(): Promise<void>;
  /** Closes what HTTP has open. WebSockets that were accepted are the broker’s to close. */
  close(): Promise<void>;
}

export async function createGateway(parts: GatewayParts): Promise<Gateway> {
  const { listen, http, limits } = parts.config;
  const inFlight = new InFlight();
  const app = await buildApp(parts, inFlight);
  const { server } = app;
  server.maxConnections = limits.connections;
  server.on('upgrade', upgradeToMqtt(parts, inFlight));

  return {
    async listen() {
      // Not by the framework, which opens a second server for a host name with two addresses.
      server.listen(http.port, listen.host);
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    },
    async drain() {
      inFlight.close();
      if (server.listening) server.close();
      server.closeIdleConnections();
      await inFlight.empty();
    },
    async close() {
      inFlight.close();
      if (server.listening) server.close();
      server.closeAllConnections();
    },
  };
}
