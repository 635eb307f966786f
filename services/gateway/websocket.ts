import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import { networkOf } from '../../platform/network-of.ts';
import { retryHint } from '../../platform/retry-hint.ts';
import { TokenBuckets } from '../../platform/token-bucket.ts';
import { type ErrorCode, refusal } from '../../protocol/errors.ts';
import { clientAddress } from './address.ts';
import type { InFlight } from './in-flight.ts';
import { originAllowed } from './origin.ts';
import type { GatewayParts } from './parts.ts';
import { rawProblem } from './plugins/problems.ts';

const PATHS: readonly string[] = ['/ws', '/mqtt'];
/** The name of MQTT over WebSocket [MQTT-6.0.0-4], and the one that clients of 3.1 ask for. */
const SUBPROTOCOLS = ['mqtt', 'mqttv3.1'] as const;
/** RFC 6455 §7.4.1: data of a kind that cannot be taken. */
const UNSUPPORTED_DATA = 1003;
/** A frame may hold several packets. */
const PACKETS_A_FRAME = 2;
const RETRY_MS = 2_000;

type Parts = Pick<GatewayParts, 'accept' | 'addressRate' | 'clock' | 'config' | 'logger' | 'metrics'>;

/** What the HTTP server does with `Upgrade: websocket`: hands the bytes to the broker, or says why not. */
export function upgradeToMqtt(parts: Parts, inFlight: Pick<InFlight, 'closed'>) {
  const { accept, clock, config, logger, metrics } = parts;
  const { httpRequestsPerMinuteIp, packetBytes } = config.limits;
  const buckets =
    parts.addressRate ?? new TokenBuckets(httpRequestsPerMinuteIp / 60, httpRequestsPerMinuteIp, clock);
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: packetBytes * PACKETS_A_FRAME,
    handleProtocols: (offered) => SUBPROTOCOLS.find((name) => offered.has(name)) ?? false,
  });

  function refused(request: IncomingMessage, ip: string): [ErrorCode, detail?: string, wait?: number] | null {
    if (!PATHS.includes(pathOf(request))) return ['not_found'];
    if (accept === null) return ['not_found', 'MQTT over WebSocket is at the processes with the role broker'];
    if (inFlight.closed) return ['draining', undefined, retryHint(RETRY_MS)];
    const wait = buckets.take(networkOf(ip));
    if (wait > 0) return ['rate_limited', 'requests of this address', wait];
    if (!originAllowed(request, config))
      return ['forbidden', 'this origin may not connect: see http.origins'];
    // [MQTT-6.0.0-3]: the client must offer it.
    if (!offersMqtt(request)) return ['bad_request', 'sec-websocket-protocol: must offer mqtt'];
    return null;
  }

  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const ip = clientAddress(request, config.http.trustProxy);
    const path = pathOf(request);
    const route = PATHS.includes(path) ? path : 'none';
    socket.on('error', () => socket.destroy());
    const why = refused(request, ip);
    if (why !== null) {
      const problem = refusal(...why);
      metrics.refusals_total.labels(problem.code).inc();
      metrics.http_requests_total.labels(route, 'refused').inc();
      logger.info({ route, ip, code: problem.code }, 'a WebSocket was refused');
      socket.end(rawProblem(problem));
      return;
    }
    server.handleUpgrade(request, socket, head, (webSocket) => {
      metrics.http_requests_total.labels(route, '101').inc();
      accept!(mqttStream(webSocket), ip);
    });
  };
}

/** The connection as a stream of bytes: frame boundaries mean nothing [MQTT-6.0.0-2]. */
export function mqttStream(webSocket: WebSocket): Duplex {
  // Before the listener of the stream itself: a stream that is destroyed takes nothing in any more.
  webSocket.on('message', (_data, isBinary) => {
    if (isBinary) return;
    // [MQTT-6.0.0-1]: any other data frame closes the connection.
    webSocket.close(UNSUPPORTED_DATA);
    stream.destroy();
  });
  const stream = createWebSocketStream(webSocket);
  // The broker listens too; without it a connection reset would be an uncaught exception.
  stream.on('error', () => {});
  return stream;
}

const pathOf = (request: IncomingMessage) => (request.url ?? '').split('?', 1)[0]!;

function offersMqtt(request: IncomingMessage): boolean {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return SUBPROTOCOLS.some((name) => offered.includes(name));
}
