import type { InnerClient } from '../aedes-inside.ts';
import type { Connections } from '../connections/connections.ts';
import type { BrokerPersistence } from '../persistence/broker-persistence.ts';
import type { OpenRules } from './rules.ts';

export interface OpenCatchUpParts {
  connections: Pick<Connections, 'all'>;
  persistence: Pick<BrokerPersistence, 'outgoingStream' | 'isUnread'>;
  open: Pick<OpenRules, 'owns'>;
  /** The id of this node's broker. */
  node: string;
}

/** Devices that are looked after at once. */
const AT_ONCE = 20;
/** Who takes none of it for so long is disconnected, milliseconds: it gets all of it, in order, when it comes again. */
const MOST_MS = 1_000;

/** Sends connected devices what is queued for them and came here by no other way: another node was not heard, or their queue not read. */
export class OpenCatchUp {
  readonly #parts: OpenCatchUpParts;

  constructor(parts: OpenCatchUpParts) {
    this.#parts = parts;
  }

  async run(): Promise<void> {
    const waiting = [...this.#parts.connections.all()].filter(({ client }) => this.#hasQueue(client));
    const work = async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await this.#send(next.client);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  #hasQueue({ clean, subscriptions, id }: InnerClient): boolean {
    if (clean) return false;
    if (this.#parts.persistence.isUnread(id)) return true;
    return Object.entries(subscriptions).some(([topic, { qos }]) => qos > 0 && this.#parts.open.owns(topic));
  }

  async #send(client: InnerClient): Promise<void> {
    const { persistence, node } = this.#parts;
    const unread = persistence.isUnread(client.id);
    for await (const packet of persistence.outgoingStream({ id: client.id })) {
      if (client.closed) return;
      // What was published here was emitted here; what has an identifier was sent.
      if (!unread && (packet.brokerId === node || packet.messageId !== undefined)) continue;
      // A PUBREL is asked for again by who waits for it.
      if (packet.cmd !== 'publish') continue;
      if (!(await taken(client, { ...packet, retain: false }))) return client.close();
    }
  }
}

function taken(client: InnerClient, packet: object): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, MOST_MS, false);
    client.deliverQoS(packet, () => {
      clearTimeout(late);
      resolve(true);
    });
  });
}
