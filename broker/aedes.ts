import { Aedes, type AedesOptions, type Client } from 'aedes';
import type { InnerClient } from './aedes-inside.ts';
import { Distribution, type DistributionParts } from './open/distribution.ts';

type Done = (error?: Error | null) => void;
type Published = { topic: string; qos?: number };
type Publish = (packet: Published, client: Client | null, done: Done) => void;
type Subscribe = (topic: string, deliver: unknown, done?: Done) => void;
type Register = (client: InnerClient) => void;

/** The methods that are kept from doing what they do, as Aedes has them. */
const aedes = Aedes.prototype as unknown as {
  publish: Publish;
  subscribe: Subscribe;
  unsubscribe: Subscribe;
  registerClient: Register;
  unregisterClient: Register;
};

const HEARTBEAT = /^\$SYS\/[^/]+\/(heartbeat|birth)$/;

/**
 * Aedes for plain MQTT only: what is published to any other topic goes nowhere (no emitter, no queue, no retained store), and a
 * subscription to one costs no entry of the matcher. Those are served by the rooms beside it.
 */
export class ConfinedAedes extends Aedes {
  readonly #plain: (topic: string) => boolean;
  /** Packets that were refused: they are acknowledged, and nothing else. */
  readonly denied = new WeakSet<object>();
  readonly distribution: Distribution;

  constructor(options: AedesOptions, plain: (topic: string) => boolean) {
    super(options);
    this.#plain = plain;
    const inner = this as unknown as typeof aedes & { mq: { emit: DistributionParts['emit'] } };
    this.distribution = new Distribution({
      broker: this,
      store: options.persistence,
      emit: (packet, done) => inner.mq.emit(packet, done),
    });
    inner.publish = (packet, client, done) => this.#publish(packet, client, done);
    inner.subscribe = (topic, deliver, done) => this.#subscribe('subscribe', topic, deliver, done);
    inner.unsubscribe = (topic, deliver, done) => this.#subscribe('unsubscribe', topic, deliver, done);
    inner.registerClient = (client) => this.#register(client);
    inner.unregisterClient = (client) => this.#unregister(client);
  }

  #publish(...args: [packet: Published, client: Client | null | Done, done?: Done]): void {
    const [packet, second, third] = args;
    const client = typeof second === 'function' ? null : second;
    const done = (typeof second === 'function' ? second : third) ?? (() => {});
    const { topic } = packet;
    if (this.#plain(topic) && !this.denied.has(packet)) return this.#distribute(packet, client, done);
    // By its own heartbeat a broker knows that wills are of its own run, and not to be published yet.
    if (client === null && HEARTBEAT.test(topic)) aedes.publish.call(this, packet, client, done);
    else done(null);
  }

  #distribute(packet: Published, client: Client | null, done: Done): void {
    const { distribution } = this;
    let end = distribution.handedOn(packet);
    if (end === undefined) {
      const stored = distribution.take(packet, client);
      // At QoS 2 this is PUBREC, at QoS 0 the publisher goes on when those who are here have it.
      end = packet.qos ? stored : distribution.handedOn(packet)!;
    }
    end.then(() => done(null), done);
  }

  #subscribe(verb: 'subscribe' | 'unsubscribe', topic: string, deliver: unknown, done?: Done): void {
    if (this.#plain(topic)) aedes[verb].call(this, topic, deliver, done);
    else done?.(null);
  }

  #register(client: InnerClient): void {
    // Closed while its session was being restored: it would stay registered for ever.
    if (!client.closed) aedes.registerClient.call(this, client);
  }

  #unregister(client: InnerClient): void {
    const { clients } = this as unknown as { clients: Record<string, InnerClient> };
    if (clients[client.id] === client) aedes.unregisterClient.call(this, client);
    // Taken over before it was gone: the place is the new one's.
    else this.emit('clientDisconnect', client);
  }
}
