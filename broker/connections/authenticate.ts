import type { Client } from 'aedes';
import type { Config } from '../../platform/config/schema.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { type ErrorCode, Refused } from '../../protocol/errors.ts';
import { isUuid } from '../../protocol/ids.ts';
import { needOfTopic } from '../../protocol/needs.ts';
import { parseCommand } from '../../protocol/parse.ts';
import type { Authentication } from '../../services/accounts/accounts.ts';
import type { BotRights } from '../../services/accounts/bots/bots.ts';
import type { InnerClient, Will } from '../aedes-inside.ts';
import type { Claim, SessionClaims } from '../nodes/session-claims.ts';
import type { OpenRules } from '../open/rules.ts';
import { destination } from '../topic-rules/publish.ts';
import { Connection, type Connections, type Transport } from './connections.ts';

export interface AuthenticateParts {
  authentication: Pick<Authentication, 'authenticateDevice'>;
  connections: Connections;
  claims: Pick<SessionClaims, 'claim'>;
  /** Another node has the device now. Resolves when nothing more of the connection will be written. */
  takenOver(connection: Connection): Promise<void>;
  /** As {@link takenOver}, of what its device had here before it. */
  endOlder(connection: Connection): Promise<void>;
  open: OpenRules;
  bots: Pick<BotRights, 'check'>;
  limits: Pick<Config['limits'], 'connectionsPerUser' | 'keepAliveMaxSeconds'>;
  draining(): boolean;
  /** Where a client comes from; null: it is not one of this broker's listeners. */
  origin(client: object): { ip: string; transport: Transport } | null;
  metrics: Pick<Metrics, 'connects_refused_total'>;
  logger: Logger;
}

type Authenticated = (error: (Error & { returnCode: number }) | null, success: boolean) => void;

/** CONNACK return codes (MQTT 3.1.1 §3.2.2.3). */
const UNAVAILABLE = 3;
const BAD_CREDENTIALS = 4;
const NOT_AUTHORIZED = 5;

/** Who may connect. */
export class Authenticate {
  readonly #parts: AuthenticateParts;

  constructor(parts: AuthenticateParts) {
    this.#parts = parts;
  }

  /** Aedes' `preConnect`: every connection has a keep-alive, so that the dead are found. */
  preConnect(packet: { keepalive?: number }): void {
    const most = Math.min(this.#parts.limits.keepAliveMaxSeconds, 65_535);
    if (!packet.keepalive || packet.keepalive > most) packet.keepalive = most;
  }

  /** Aedes' `authenticate`. */
  authenticate(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
    done: Authenticated,
  ): void {
    this.#admit(client as InnerClient, username, password).then(
      () => done(null, true),
      (error) => {
        const code = error instanceof Refused ? error.refusal.code : 'internal';
        this.#refused(client as InnerClient, code, error);
        if (PASSING.has(code)) return (client as InnerClient).conn.destroy();
        done(Object.assign(new Error(code), { returnCode: returnCode(code) }), false);
      },
    );
  }

  async #admit(client: InnerClient, username?: string, password?: Buffer): Promise<void> {
    const { authentication, connections, claims } = this.#parts;
    const origin = this.#parts.origin(client);
    if (origin === null || username === undefined || password === undefined)
      throw new Refused('unauthenticated');
    if (this.#parts.draining()) throw new Refused('draining');
    const identity = await authentication.authenticateDevice(username, client.id, password.toString());
    const { user, device, expiresAt, bot = false } = identity;
    // The topics and the session of a device are its own: whatever the token says, it is for this one.
    if (user !== username || device !== client.id) throw new Refused('unauthenticated');
    if (client.closed) return;
    this.#checkRoom(user, device);
    const will = client._will ?? null;
    if (will !== null) {
      checkWill(user, will, this.#parts.open);
      if (bot) await this.#parts.bots.check(user, needOfTopic(will.topic));
    }
    const connection = new Connection(client, { user, device }, origin.transport, expiresAt, bot);
    const claim = await claims.claim(device, () => this.#parts.takenOver(connection));
    // The device has connected again meanwhile: that connection is the one that stays.
    if (claim === null) throw new Refused('unavailable', 'connected elsewhere');
    try {
      if (client.closed) return this.#giveUp(connection, claim);
      this.#checkRoom(user, device);
    } catch (error) {
      this.#giveUp(connection, claim);
      throw error;
    }
    connection.claim = claim;
    connections.admit(connection);
  }

  /** What the device had here before has no claim any more: nobody could tell it that the device is elsewhere. */
  #giveUp(connection: Connection, claim: Claim): void {
    if (claim.release()) void this.#parts.endOlder(connection);
  }

  /** @throws {Refused} draining, device_revoked, too_many_connections */
  #checkRoom(user: string, device: string): void {
    const { connections, limits, draining } = this.#parts;
    if (draining()) throw new Refused('draining');
    if (connections.isForgotten(device)) throw new Refused('device_revoked');
    if (limits.connectionsPerUser > 0 && connections.countBeside(user, device) >= limits.connectionsPerUser)
      throw new Refused('too_many_connections');
  }

  #refused(client: InnerClient, code: ErrorCode, error: unknown): void {
    const { metrics, logger } = this.#parts;
    metrics.connects_refused_total.labels(code).inc();
    const who = { ip: this.#parts.origin(client)?.ip, ...(isUuid(client.id) ? { device: client.id } : {}) };
    if (code === 'internal') logger.error({ err: error, ...who }, 'a device could not be authenticated');
    else logger.info({ code, ...who }, 'a connection was refused');
  }
}

/**
 * What will be over in a moment. Such a connection is closed without a CONNACK, as if the network had failed: widespread clients take any
 * refusal in a CONNACK for the end, and would stay away for good. That a CONNACK precedes the close is a SHOULD [MQTT 3.1.1 §3.2.2.3].
 */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'internal',
  'unavailable',
  'overloaded',
  'draining',
  'bot_paused',
]);

function returnCode(code: ErrorCode): number {
  switch (code) {
    case 'unauthenticated':
    case 'bad_credentials':
      return BAD_CREDENTIALS;
    case 'too_many_connections':
      return UNAVAILABLE;
    default:
      return NOT_AUTHORIZED;
  }
}

/** A will may say what its device may say, and nothing else. @throws {Refused} topic_forbidden, or as parseCommand */
function checkWill(user: string, will: Will, open: OpenRules): void {
  const { kind } = destination(user, will.topic, open);
  if (kind === 'outbox') parseCommand(will.payload);
  else if (kind !== 'open') throw new Refused('topic_forbidden');
}
