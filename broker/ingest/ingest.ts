import type { Client } from 'aedes';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/schema.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { isChange, type Query } from '../../protocol/commands.ts';
import { type ErrorCode, type Refusal, refusal } from '../../protocol/errors.ts';
import { needOfCommand, needOfTopic } from '../../protocol/needs.ts';
import { commandIdOf, type Parsed, parseCommand } from '../../protocol/parse.ts';
import { parseTopic } from '../../protocol/topics.ts';
import type { BotRights } from '../../services/accounts/bots/bots.ts';
import type { Actor } from '../../services/actor.ts';
import type { Pipeline } from '../../services/messages/pipeline.ts';
import type { Receipts } from '../../services/messages/receipts.ts';
import type { Queries } from '../../services/queries.ts';
import type { Answers } from '../answers.ts';
import type { Connection, Connections } from '../connections/connections.ts';
import type { Notices } from '../notices.ts';
import type { OpenRules } from '../open/rules.ts';
import { destination } from '../topic-rules/publish.ts';
import type { Typing } from '../typing.ts';
import { BotGate } from './bot-gate.ts';
import { CommandRate, type UserRate } from './command-rate.ts';
import { InOrder } from './in-order.ts';
import { QueryQueue } from './query-queue.ts';
import { Throttle } from './throttle.ts';

export interface IngestParts {
  connections: Pick<Connections, 'ofClient'>;
  open: OpenRules;
  pipeline: Pick<Pipeline, 'submit'>;
  receipts: Pick<Receipts, 'read'>;
  queries: Queries;
  typing: Pick<Typing, 'publish'>;
  answers: Pick<Answers, 'send' | 'room'>;
  notices: Notices;
  /** Takes a packet of plain MQTT; resolves when it is stored. */
  distribute(packet: object, client: Client): Promise<void>;
  /** The packet is acknowledged, and goes nowhere. */
  deny(packet: object): void;
  limits: Config['limits'];
  userRate: UserRate;
  bots: BotRights;
  clock: Clock;
  metrics: Pick<Metrics, 'commands_total'>;
}

/** What a device publishes, or its will, which may be of an earlier run of the server. */
export interface Published {
  topic: string;
  payload: Buffer | string;
  qos?: 0 | 1 | 2;
  clientId?: string;
}

/** The acknowledgement; with an error there is none, and the connection ends. */
type Finish = (error?: Error | null) => void;
/** Tells why, and calls `told` then. */
type Refuse = (error: unknown, told: Finish) => void;

/** What is over in a moment. A mistake of ours may be made again and again. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['unavailable', 'overloaded', 'draining']);

/** The type under which a command is counted that cannot be read. */
const UNREADABLE = 'unreadable';

/**
 * Everything that is published, before it is acknowledged. `done` is the acknowledgement: for a change it is given when the change is durable.
 * MQTT 3.1.1 has no reason in its PUBACK, so what is refused is acknowledged too, and the reason goes to the device's inbox: first, so that
 * no connection can end between the two, and whoever has the PUBACK knows.
 */
export class Ingest {
  readonly #parts: IngestParts;
  readonly #throttle: Throttle;
  readonly #order = new InOrder();
  readonly #queries: QueryQueue;
  readonly #gate: BotGate;
  #stopping = false;
  #underWay = 0;
  #onIdle: (() => void) | null = null;

  constructor(parts: IngestParts) {
    this.#parts = parts;
    const { limits, clock, userRate, bots } = parts;
    this.#throttle = new Throttle(new CommandRate(limits, clock, userRate, bots), clock);
    this.#gate = new BotGate(bots);
    this.#queries = new QueryQueue({
      queries: parts.queries,
      answers: parts.answers,
      onAnswered: (query) => this.#count(query.type, 'answered'),
      onRefused: (connection, query, error) =>
        this.#refuse(connection, query.id, query.type, error, () => {}),
    });
  }

  /** Aedes' `authorizePublish`. */
  publish(client: Client | null, packet: Published, done: (error?: Error | null) => void): void {
    if (client === null) return this.#willOfEarlierRun(packet, done);
    const connection = this.#parts.connections.ofClient(client);
    if (connection === undefined || connection.revoked) {
      this.#parts.deny(packet);
      return done(null);
    }
    // Never acknowledged: the device sends it again when the server is back.
    if (this.#stopping && !client.closed) return;
    // A will comes when the connection is closed, and is acknowledged to nobody.
    const finish = client.closed ? done : this.#order.take(connection, done);
    const target = destination(connection.actor.user, packet.topic, this.#parts.open);
    switch (target.kind) {
      case 'outbox':
        return this.#throttle.take(connection, (refusedMs) =>
          this.#command(connection, bytesOf(packet), refusedMs, finish),
        );
      case 'typing': {
        const refuse = (error: unknown, told: Finish) =>
          this.#refuse(connection, null, 'typing', error, told);
        const publish = () => this.#parts.typing.publish(connection, target.conversation, bytesOf(packet));
        return this.#gated(
          connection,
          packet.topic,
          () => this.#follow(publish(), () => {}, refuse, finish),
          // Notices are not held back for their number: refusals of them are.
          (error) =>
            this.#throttle.take(connection, (refusedMs) => {
              if (refusedMs === 0) refuse(error, finish);
              else this.#tell(connection, null, tooFast(refusedMs), finish);
            }),
        );
      }
      case 'open':
        // Plain MQTT has no refusals: who is too fast is only slowed down.
        return this.#throttle.take(connection, () => {
          this.#gated(
            connection,
            packet.topic,
            () => this.#plain(client, packet, finish),
            (error) => {
              this.#parts.deny(packet);
              this.#refuse(connection, null, 'open', error, finish);
            },
          );
        });
      case 'forbidden':
        this.#parts.deny(packet);
        return this.#throttle.take(connection, (refusedMs) => {
          if (refusedMs > 0) this.#tell(connection, null, tooFast(refusedMs), finish);
          else if (!this.#parts.notices.topicForbidden(connection, packet.topic, finish)) finish();
        });
    }
  }

  /** Nothing new is taken; resolves when what was taken is durable or refused. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.settled();
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    if (this.#underWay > 0)
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
  }

  #gated(connection: Connection, topic: string, go: () => void, refused: (error: unknown) => void): void {
    this.#gate.take(connection, () => needOfTopic(topic), go, refused);
  }

  #plain(client: Client, packet: Published, finish: (error?: Error | null) => void): void {
    // At QoS 0 nothing is acknowledged, at QoS 2 Aedes sees to it that it is taken once, and in time.
    if (packet.qos !== 1 || client.closed) return finish(null);
    // There is no way to say that it could not be stored: the connection ends, and the device sends it again.
    this.#parts.distribute(packet, client).then(() => finish(null), finish);
  }

  #command(connection: Connection, payload: Buffer, refusedMs: number, finish: Finish): void {
    // Held back for a while, and the server is stopping now: see publish().
    if (this.#stopping && !connection.closed) return;
    if (refusedMs > 0) {
      this.#count(UNREADABLE, 'rate_limited');
      return this.#tell(connection, commandIdOf(payload), tooFast(refusedMs), finish);
    }
    let parsed: Parsed;
    try {
      parsed = parseCommand(payload);
    } catch (error) {
      return this.#refuse(connection, commandIdOf(payload), UNREADABLE, error, finish);
    }
    const { command } = parsed;
    const refuse = (error: unknown, told: Finish) =>
      this.#refuse(connection, command.id, command.type, error, told);
    this.#gate.take(
      connection,
      () => needOfCommand(command.type),
      () => this.#do(connection, parsed, refuse, finish),
      (error) => refuse(error, finish),
    );
  }

  #do(connection: Connection, parsed: Parsed, refuse: Refuse, finish: Finish): void {
    const { command } = parsed;
    // Whatever waited before, waited in order: the changes of a device are submitted in the order in which they came.
    const working = this.#work(connection.actor, parsed);
    if (working !== null)
      return this.#follow(working, () => this.#count(command.type, 'accepted'), refuse, finish);
    try {
      this.#queries.add(connection, command as Query);
    } catch (error) {
      return refuse(error, finish);
    }
    finish();
  }

  /** What is to be done before the acknowledgement; null: nothing, it is a query. */
  #work(actor: Actor, { command, text }: Parsed): Promise<void> | null {
    if (command.type === 'receipt.read') return this.#parts.receipts.read(actor, command);
    return isChange(command.type) ? this.#parts.pipeline.submit(actor, command as never, text) : null;
  }

  #follow(work: Promise<void>, accept: () => void, refuse: Refuse, finish: Finish): void {
    this.#underWay++;
    work.then(
      () => {
        accept();
        finish();
        this.#finished();
      },
      (error) => {
        refuse(error, finish);
        this.#finished();
      },
    );
  }

  #finished(): void {
    this.#underWay--;
    if (this.#underWay > 0) return;
    this.#onIdle?.();
    this.#onIdle = null;
  }

  /**
   * The server was killed while the device was connected, and the device has not been here since: its will is published now, as that
   * device. Of a device that was revoked there is no will any more. Only what was checked at CONNECT is stored as a will.
   */
  #willOfEarlierRun(packet: Published, done: (error?: Error | null) => void): void {
    if (this.#parts.open.owns(packet.topic)) return done(null);
    this.#parts.deny(packet);
    const topic = parseTopic(packet.topic);
    const device = packet.clientId;
    if (topic?.kind !== 'outbox' || device === undefined) return done(null);
    let working: Promise<void> | null = null;
    try {
      const parsed = parseCommand(bytesOf(packet));
      const work = () => this.#work({ user: topic.user, device }, parsed);
      // What it was allowed at CONNECT a bot may have lost since.
      const may = this.#parts.bots.checkAny(topic.user, needOfCommand(parsed.command.type));
      working = may instanceof Promise ? may.then(() => work() ?? undefined) : work();
    } catch {
      // Or the contract has changed: nobody is there to be told.
    }
    this.#follow(
      working ?? Promise.resolve(),
      () => {},
      (_, told) => told(),
      () => done(null),
    );
  }

  #refuse(connection: Connection, command: string | null, type: string, error: unknown, told: Finish): void {
    const reason = this.#parts.notices.refusalOf(error, connection, `a command (${type})`);
    this.#count(type, reason.code);
    this.#tell(connection, command, reason, told);
  }

  #tell(connection: Connection, command: string | null, reason: Refusal, finish: Finish): void {
    if (this.#parts.notices.refused(connection, command, reason, finish)) return;
    // What would succeed later must not count as done with nobody told: the connection ends, and the device sends it again.
    const again = command !== null && !connection.closed && PASSING.has(reason.code);
    finish(again ? new Error(`a refusal that cannot be told: ${reason.code}`) : null);
  }

  #count(type: string, result: string): void {
    this.#parts.metrics.commands_total.labels(type, result).inc();
  }
}

function bytesOf({ payload }: Published): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}

function tooFast(retryMs: number): Refusal {
  return refusal('rate_limited', undefined, retryMs);
}
