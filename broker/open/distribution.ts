import type { Client } from 'aedes';
import aedesPacket from 'aedes-packet';

/** A packet of Aedes: what was published, with the broker's own count. */
export interface PlainPacket {
  topic: string;
  payload: Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
  clientId?: string;
}

/** A constructor that its types call a namespace; it gives the packet the next number of the broker's count. */
const Packet = aedesPacket as unknown as new (packet: object, broker: object) => PlainPacket;

export interface DistributionParts {
  /** Whose count it is. */
  broker: object;
  store: {
    storeRetained(packet: object): Promise<void>;
    subscriptionsByTopic(topic: string): Promise<{ clientId: string }[]>;
    outgoingEnqueueCombi(subscriptions: { clientId: string }[], packet: object): Promise<void>;
  };
  /** Hands a packet to those who are here; calls back when all have it. */
  emit(packet: PlainPacket, done: () => void): void;
}

/**
 * Plain MQTT from a publisher to its subscribers. It is stored before it is acknowledged, and handed on in the order of the broker's
 * count: Aedes acknowledges first, and takes whatever comes to a subscriber behind a later one for a duplicate.
 */
export class Distribution {
  readonly #parts: DistributionParts;
  #turn: Promise<unknown> = Promise.resolve();
  /** Of packets that were taken: when all subscribers who are here have them. */
  readonly #handedOn = new WeakMap<object, Promise<void>>();

  constructor(parts: DistributionParts) {
    this.#parts = parts;
  }

  /** Resolves when the packet is stored, as far as it is to be. Rejects when it could not be: then it goes nowhere. */
  take(published: object, client: Pick<Client, 'id'> | null): Promise<void> {
    // Counted here, also a will that was left with another node: behind what that node has counted it would be taken for a duplicate.
    const packet = new Packet(
      { ...published, brokerId: undefined, brokerCounter: undefined },
      this.#parts.broker,
    );
    if (client !== null) packet.clientId = client.id;
    const stored = this.#store(packet);
    // Those before it go first, also when they take longer.
    const begun = this.#turn.then(async () => {
      await stored;
      return { end: new Promise<void>((resolve) => this.#parts.emit(packet, resolve)) };
    });
    this.#turn = begun.catch(() => {});
    this.#handedOn.set(
      published,
      begun.then(({ end }) => end),
    );
    this.#handedOn.get(published)!.catch(() => {});
    return stored;
  }

  /** Resolves when all subscribers who are here have it; undefined: it was not taken. */
  handedOn(published: object): Promise<void> | undefined {
    return this.#handedOn.get(published);
  }

  async #store(packet: PlainPacket): Promise<void> {
    const { store } = this.#parts;
    if (packet.retain) await store.storeRetained(packet);
    if (packet.qos === 0) return;
    await store.outgoingEnqueueCombi(await store.subscriptionsByTopic(packet.topic), packet);
  }
}
