import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../platform/clock.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import { newSecret } from '../../../platform/outbound/standard-webhooks.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { ConversationEventType } from '../../../protocol/events.ts';
import { asKeeper, type Places } from '../access.ts';
import type { WebhookSettings } from '../settings.ts';
import type { Owners } from './owners.ts';
import type { DeadLetter, Webhook, WebhookStore } from './store.ts';

/** Outgoing webhooks, as their owners have them. `by` is a user, or a bot. */
export interface Webhooks {
  /**
   * Of one conversation, for an owner or administrator of the group, a party of a one-to-one conversation, or a bot that is in it; of all
   * conversations (null) for a bot. The secret is given this once.
   * @throws {Refused} bad_request: the URL, or all of them for no bot; conversation_not_found, not_a_member, not_an_admin, list_full
   */
  create(by: string, asked: NewWebhook): Promise<Webhook>;
  list(by: string): Promise<Webhook[]>;
  /** Who is told of a conversation, for its members to see. @throws {Refused} conversation_not_found, not_a_member */
  listIn(by: string, conversation: string): Promise<Webhook[]>;
  /** Absent fields stay. `paused` false goes on, where it stopped. @throws {Refused} not_found, bad_request */
  update(by: string, id: string, asked: WebhookUpdate): Promise<Webhook>;
  /** A new secret; the former signs as well for a while. @throws {Refused} not_found */
  rotate(by: string, id: string): Promise<Webhook>;
  /** One’s own; or of a group that one looks after. @throws {Refused} not_found */
  remove(by: string, id: string): Promise<void>;
  /** What was given up, newest first. @throws {Refused} not_found */
  failures(
    by: string,
    id: string,
    before: { failedAt: number; id: string } | null,
    limit: number,
  ): Promise<DeadLetter[]>;
  /** Tells of it once more: all of it, or what is named. Resolves to how many. @throws {Refused} not_found */
  replay(by: string, id: string, failures: readonly string[] | null): Promise<number>;
}

export interface NewWebhook {
  url: string;
  /** Null: all of the bot's. */
  conversation: string | null;
  events: ConversationEventType[];
}

export interface WebhookUpdate {
  url?: string;
  events?: ConversationEventType[];
  paused?: boolean;
}

export interface RegistryParts {
  store: WebhookStore;
  places: Places;
  owners: Pick<Owners, 'isBot'>;
  outbound: Pick<Outbound, 'check'>;
  settings: Pick<WebhookSettings, 'perOwner' | 'rotationMs'>;
  clock: Clock;
  /** Before one is added. */
  onAdding(): void;
  /** There may be something to tell. */
  onReady(): void;
}

export function createRegistry(parts: RegistryParts): Webhooks {
  const { store, places, owners, outbound, settings, clock, onAdding, onReady } = parts;

  /** To anybody but its owner it is not there. */
  async function own(by: string, id: string): Promise<Webhook> {
    const webhook = await store.webhook(id);
    if (webhook === null || webhook.owner !== by) throw new Refused('not_found');
    return webhook;
  }

  /** @throws {Refused} who is in it not, or not as one who looks after it */
  async function checkPlace(by: string, isBot: boolean, conversation: string): Promise<void> {
    if (!isBot) {
      await asKeeper(places, by, conversation);
      return;
    }
    await asMember(by, conversation);
  }

  async function asMember(by: string, conversation: string): Promise<void> {
    const membership = await places.membership(by, conversation);
    if (membership === null) throw new Refused('conversation_not_found');
    if (membership.role === null) throw new Refused('not_a_member');
  }

  return {
    async create(by, { url, conversation, events }) {
      const isBot = await owners.isBot(by);
      if (conversation === null && !isBot)
        throw new Refused('bad_request', '/conversation: only a bot has webhooks of all its conversations');
      if (conversation !== null) await checkPlace(by, isBot, conversation);
      const webhook: Webhook = {
        // Not a UUIDv7: it stands as the device of what is done by it, and no command can have the id of a device's stream.
        ...{ id: randomUUID(), owner: by, conversation, url: outbound.check(url).href, events },
        ...{ secret: newSecret(), formerSecret: null, paused: null, failures: 0, failingSince: null },
        createdAt: clock.now(),
      };
      onAdding();
      await store.addWebhook(webhook, settings.perOwner);
      return webhook;
    },

    list: (by) => store.webhooksOf(by),

    async listIn(by, conversation) {
      await asMember(by, conversation);
      return store.webhooksIn(conversation);
    },

    async update(by, id, { url, events, paused }) {
      await own(by, id);
      const changes = {
        ...(url === undefined ? {} : { url: outbound.check(url).href }),
        ...(events === undefined ? {} : { events }),
        ...(paused === undefined ? {} : { paused: paused ? ('owner' as const) : null }),
      };
      await store.updateWebhook(id, changes);
      onReady();
      return own(by, id);
    },

    async rotate(by, id) {
      const { secret } = await own(by, id);
      const until = clock.now() + settings.rotationMs;
      await store.updateWebhook(id, { secret: newSecret(), formerSecret: { secret, until } });
      return own(by, id);
    },

    async remove(by, id) {
      const webhook = await store.webhook(id);
      if (webhook === null) throw new Refused('not_found');
      if (webhook.owner !== by) await checkKeeper(by, webhook);
      await store.removeWebhook(id);
    },

    async failures(by, id, before, limit) {
      await own(by, id);
      return store.failuresOf(id, before, limit);
    },

    async replay(by, id, failures) {
      await own(by, id);
      const count = await store.replayFailures(id, failures, clock.now());
      if (count > 0) onReady();
      return count;
    },
  };

  /** Who looks after a group decides who is told of it, whoever asked for it. */
  async function checkKeeper(by: string, { conversation }: Webhook): Promise<void> {
    if (conversation === null || (await owners.isBot(by))) throw new Refused('not_found');
    const membership = await places.membership(by, conversation);
    const role = membership?.role ?? 'member';
    if (membership?.conversation.kind !== 'group' || role === 'member') throw new Refused('not_found');
  }
}
