import { Compile } from 'typebox/compile';
import type { Clock } from '../platform/clock.ts';
import type { Metrics } from '../platform/metrics.ts';
import { TokenBuckets } from '../platform/token-bucket.ts';
import { VERSION } from '../protocol/commands.ts';
import { Refused } from '../protocol/errors.ts';
import { TypingPayload } from '../protocol/events.ts';
import { topics } from '../protocol/topics.ts';
import type { Relations } from '../services/accounts/accounts.ts';
import type { Memberships } from '../services/conversations/memberships.ts';
import type { Connection, Connections } from './connections/connections.ts';
import { ephemeralPacket, sendEphemeral } from './ephemeral.ts';
import type { NodeBus } from './nodes/node-bus.ts';

export interface TypingParts {
  connections: Pick<Connections, 'ofUser'>;
  memberships: Pick<Memberships, 'role' | 'members'>;
  relations: Pick<Relations, 'blocked'>;
  /** Whether a device here gets anything of the conversation: what others say of all the rest is passed over, and costs no question. */
  concerns(conversation: string): boolean;
  /** Where members may be connected, too. */
  bus: Pick<NodeBus, 'toAll'>;
  /** Notices a second, one device. */
  perSecond: number;
  clock: Clock;
  metrics: Pick<Metrics, 'commands_total'>;
}

/** Notices a second in one conversation: where very many type at once, some of them are shown. */
const PER_CONVERSATION = 20;
const MOST_BYTES = 512;
const EVERYWHERE = topics.typing('+');
const payload = Compile(TypingPayload);

/** As it is told: with the conversation and the user. */
type Notice = TypingPayload & Required<Pick<TypingPayload, 'conversation' | 'user'>>;

/** Typing notices: passed on to the members who are here and asked for them, and kept nowhere. */
export class Typing {
  readonly #parts: TypingParts;
  readonly #devices: TokenBuckets;
  readonly #conversations: TokenBuckets;

  constructor(parts: TypingParts) {
    this.#parts = parts;
    const { perSecond, clock } = parts;
    this.#devices = new TokenBuckets(perSecond, 2 * perSecond, clock);
    this.#conversations = new TokenBuckets(PER_CONVERSATION, PER_CONVERSATION, clock);
  }

  /** Too many are dropped, and only counted. @throws {Refused} bad_json, bad_request, too_large, not_a_member, blocked */
  async publish(from: Connection, conversation: string, bytes: Buffer): Promise<void> {
    const { user, device } = from.actor;
    if (this.#devices.take(device) > 0) return this.#count('rate_limited');
    const { active } = parse(bytes);
    if ((await this.#parts.memberships.role(user, conversation)) === null) throw new Refused('not_a_member');
    if (this.#conversations.take(conversation) > 0) return this.#count('rate_limited');
    const members = await this.#parts.memberships.members(conversation);
    if (isDirect(conversation))
      for (const other of members)
        if (other !== user && (await this.#parts.relations.blocked(user, other)))
          throw new Refused('blocked');
    const notice = { v: VERSION, type: 'typing', conversation, user, active } as const;
    this.#send(notice, members, from);
    this.#parts.bus.toAll({ kind: 'typing', notice });
    this.#count('accepted');
  }

  /** Accepted by another node, where the device is that types, and which has counted it. Never rejects. */
  async receive({ conversation, user, active }: TypingPayload): Promise<void> {
    if (conversation === undefined || user === undefined || !this.#parts.concerns(conversation)) return;
    try {
      const members = await this.#parts.memberships.members(conversation);
      // As this node knows it now: who was removed meanwhile says nothing any more.
      if (members.has(user))
        this.#send({ v: VERSION, type: 'typing', conversation, user, active }, members, null);
    } catch {
      this.#count('unknown_members');
    }
  }

  /** To the members who are here and asked for it, but for the device that it comes from. */
  #send(notice: Notice, members: Iterable<string>, from: Connection | null): void {
    const topic = topics.typing(notice.conversation);
    const packet = ephemeralPacket(topic, JSON.stringify(notice));
    for (const member of members)
      for (const to of this.#parts.connections.ofUser(member))
        if (to !== from && listens(to, topic)) sendEphemeral(to, packet);
  }

  #count(result: string): void {
    this.#parts.metrics.commands_total.labels('typing', result).inc();
  }
}

function listens({ client }: Connection, topic: string): boolean {
  return client.subscriptions[topic] !== undefined || client.subscriptions[EVERYWHERE] !== undefined;
}

/** The ids of conversations of two are derived: UUIDv8. Those of groups are chosen: UUIDv7. */
function isDirect(conversation: string): boolean {
  return conversation[14] === '8';
}

function parse(bytes: Buffer): TypingPayload {
  if (bytes.length > MOST_BYTES) throw new Refused('too_large', `${MOST_BYTES} bytes allowed`);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    throw new Refused('bad_json');
  }
  if (!payload.Check(value)) throw new Refused('bad_request', 'not a typing notice');
  return value;
}
