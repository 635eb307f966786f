import { randomUUID } from 'node:crypto';
import mqemitter, { type Message, type MQEmitter } from 'mqemitter';
import mqemitterRedis from 'mqemitter-redis';
import type { Engine } from '../../platform/engine.ts';
import type { Logger } from '../../platform/logging.ts';
import type { RedisConnection } from '../../platform/redis/connect.ts';
import type { Listener, OpenEmitter } from './open-emitter.ts';

export interface OpenEmitterParts {
  connection: RedisConnection;
  engine: Engine;
  logger: Pick<Logger, 'warn' | 'info'>;
}

/** What goes over the channel: `packet`, or the news that some did not. */
interface Sent extends Message {
  from: string;
  packet: Message | null;
}

/** Packets of other nodes that are held while queues are read again; what comes beyond waits in the queues, or at QoS 0 is gone. */
const MOST_HELD = 1_000;
const RETRY_MS = 1_000;
/** Between two nodes on one channel: the emitter drops a packet that it has seen. */
const MOST_SEEN = 100;

/**
 * Plain MQTT between nodes. Those who are here get a packet at once, from memory; other nodes get it over one channel of `mqemitter-redis`, in
 * the order in which this one emits. The channel keeps nothing: when something may have been missed, `onGap` has those who are
 * here read their queues again, and what comes meanwhile is held, so that it does not overtake.
 */
export class RedisOpenEmitter implements OpenEmitter {
  /** None: one that stops reading would stall everybody. */
  readonly concurrency = 0;
  readonly #id = randomUUID();
  readonly #here: MQEmitter;
  readonly #link;
  readonly #channel: string;
  readonly #parts: OpenEmitterParts;
  readonly #connections: RedisConnection[];
  /** Since when the channel is open without a break, ms since the process began; null: it is not. */
  #openSince: number | null = null;
  #held: Message[] | null = null;
  /** More was missed while queues were read. */
  #gapAgain = false;
  #lost = false;
  #retry: NodeJS.Timeout | null = null;
  #closed = false;
  onGap: () => Promise<void> = async () => {};

  constructor(parts: OpenEmitterParts) {
    this.#parts = parts;
    const { connection } = parts;
    this.#here = mqemitter({ concurrency: 0, matchEmptyLevels: true });
    this.#channel = `${connection.prefix}open`;
    const [sub, pub] = [connection.channels('open-in'), connection.channels('open-out')];
    this.#connections = [sub, pub];
    this.#link = mqemitterRedis({
      subConn: sub.client as never,
      pubConn: pub.client as never,
      maxLRUCache: MOST_SEEN,
    });
    // The connections log their own trouble.
    (this.#link as unknown as { state: NodeJS.EventEmitter }).state.on('error', () => {});
    // Not connected yet, it is not subscribed to before #open(); but what is heard then goes there.
    this.#link.on(this.#channel, this.#heard, () => {});
    sub.client.on('ready', () => this.#open());
    connection.client.on('ready', this.#again);
    sub.client.on('close', () => {
      this.#openSince = null;
    });
    pub.client.on('ready', () => this.#tellLost());
  }

  get current(): number {
    return this.#here.current;
  }

  /** Milliseconds for which everything that other nodes say has been heard. */
  get openMs(): number {
    return this.#openSince === null ? 0 : performance.now() - this.#openSince;
  }

  on(topic: string, listener: Listener, done?: () => void): this {
    this.#here.on(topic, listener, done);
    return this;
  }

  removeListener(topic: string, listener: Listener, done?: () => void): this {
    this.#here.removeListener(topic, listener, done as () => void);
    return this;
  }

  /** `done`: those who are here have it. Others have it later, or find it in their queues. */
  emit(packet: Message, done: (error?: Error) => void = () => {}): this {
    this.#here.emit(packet, done);
    this.#send(packet).catch(() => this.#lose());
    return this;
  }

  close(done: () => void): this {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#parts.connection.client.off('ready', this.#again);
    this.#here.close(() => {
      Promise.all(this.#connections.map((connection) => connection.close())).then(
        () => done(),
        () => done(),
      );
    });
    return this;
  }

  #send(packet: Message | null): Promise<void> {
    const sent: Sent = { topic: this.#channel, from: this.#id, packet };
    return this.#parts.engine.run(
      () =>
        new Promise<void>((resolve, reject) => {
          this.#link.emit(sent, (error) => (error ? reject(error) : resolve()));
        }),
    );
  }

  readonly #heard: Listener = (message, done) => {
    done();
    const { from, packet } = message as Sent;
    if (from === this.#id) return;
    if (packet === null) return this.#gap();
    if (this.#held === null) this.#here.emit(packet);
    else if (this.#held.length < MOST_HELD) this.#held.push(packet);
    else this.#gapAgain = true;
  };

  /** Redis answers again: a queue may not have been read when its session came. */
  readonly #again = () => this.#gap();

  /** The channel is open from now on, once it has been subscribed to. */
  #open(): void {
    if (this.#closed) return;
    const { client } = this.#connections[0]!;
    client.subscribe(this.#channel).then(
      () => {
        if (this.#openSince === null) this.#openSince = performance.now();
        this.#gap();
      },
      // Again when it is connected again.
      () => client.disconnect(true),
    );
  }

  #gap(): void {
    if (this.#closed) return;
    if (this.#held !== null) {
      this.#gapAgain = true;
      return;
    }
    this.#held = [];
    this.#gapAgain = false;
    this.onGap()
      .catch((error) =>
        this.#parts.logger.warn({ err: error }, 'queues of plain MQTT could not be read again'),
      )
      .finally(() => {
        const held = this.#held ?? [];
        this.#held = null;
        for (const packet of held) this.#here.emit(packet);
        if (this.#gapAgain) this.#gap();
      });
  }

  #lose(): void {
    this.#lost = true;
    if (this.#retry !== null || this.#closed) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#tellLost();
    }, RETRY_MS).unref();
  }

  /** Others cannot know that they have missed something of this node. */
  #tellLost(): void {
    if (!this.#lost || this.#closed) return;
    this.#lost = false;
    this.#send(null).catch(() => this.#lose());
  }
}
