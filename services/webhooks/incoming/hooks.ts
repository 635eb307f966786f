import { randomUUID, timingSafeEqual } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { Clock } from '../../../platform/clock.ts';
import type { TokenBuckets } from '../../../platform/token-bucket.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { BotRights } from '../../accounts/bots/bots.ts';
import { fingerprint, secretCode } from '../../accounts/secret-codes.ts';
import type { Actor } from '../../actor.ts';
import type { Outcome, Pipeline } from '../../messages/pipeline.ts';
import { asKeeper, type Places } from '../access.ts';
import { commandIdOf } from '../command-id.ts';
import { sendCommand } from '../say.ts';
import type { Said } from './body.ts';
import type { Speakers } from './speakers.ts';
import type { Hook, HookStore } from './store.ts';

/** Incoming webhooks: secret URLs at which machines post into a conversation. */
export interface Hooks {
  /**
   * For an owner or administrator of the group, or a party of a one-to-one conversation. The secret is given this once.
   * @throws {Refused} conversation_not_found, not_a_member, not_an_admin, list_full; and as adding a member is refused
   */
  create(by: Actor, conversation: string, name: string): Promise<{ hook: Hook; secret: string }>;
  /** Those of the group; between two people one's own. @throws {Refused} as create */
  list(by: Actor, conversation: string): Promise<Hook[]>;
  /** A new secret in place of the old one, which stops at once. @throws {Refused} as create; not_found */
  rotate(by: Actor, conversation: string, id: string): Promise<{ hook: Hook; secret: string }>;
  /** @throws {Refused} as create; not_found */
  remove(by: Actor, conversation: string, id: string): Promise<void>;
  /**
   * Posts. With a key the same key posts once, and is answered with the first result.
   * @throws {Refused} not_found: no such hook, or not its secret; rate_limited; bad_request, too_large, too_deep
   */
  post(id: string, secret: string, said: () => Said, key: string | null): Promise<Outcome>;
}

export interface HooksParts {
  store: HookStore;
  places: Places;
  speakers: Speakers;
  pipeline: Pick<Pipeline, 'request'>;
  bots: Pick<BotRights, 'check'>;
  /** Posts of each hook, wherever they are counted. */
  rate: Pick<TokenBuckets, 'take'>;
  perConversation: number;
  clock: Clock;
}

const SECRET_BYTES = 32;
/** What is compared with when there is no hook: the same work, and never the same. */
const NOBODY = fingerprint(secretCode(SECRET_BYTES));

export function createHooks(parts: HooksParts): Hooks {
  const { store, places, speakers, pipeline, bots, rate, perConversation, clock } = parts;

  /** One that `by` may look after. */
  async function kept(by: Actor, conversation: string, id: string): Promise<Hook> {
    const { conversation: where } = await asKeeper(places, by.user, conversation);
    const hook = await store.hook(id);
    if (hook === null || hook.conversation !== conversation) throw new Refused('not_found');
    if (where.kind !== 'group' && hook.createdBy !== by.user) throw new Refused('not_found');
    return hook;
  }

  return {
    async create(by, conversation, name) {
      const { conversation: where } = await asKeeper(places, by.user, conversation);
      // Before a bot is made for nothing; the store is asked again.
      if ((await store.hooksOf(conversation)).length >= perConversation)
        throw new Refused('list_full', `at most ${perConversation} hooks of a conversation`);
      const group = where.kind === 'group';
      const speaker = group ? await speakers.make(by, { name, conversation }) : by.user;
      const secret = secretCode(SECRET_BYTES);
      const hook: Hook = {
        // Not a UUIDv7: it stands as the device of what is posted, and no command can have the id of a device's stream.
        ...{ id: randomUUID(), conversation, name, speaker },
        ...{ createdBy: by.user, secretHash: fingerprint(secret), createdAt: clock.now() },
      };
      try {
        await store.addHook(hook, perConversation);
      } catch (error) {
        if (group) await speakers.dismiss(speaker, conversation, hook.id);
        throw error;
      }
      return { hook, secret };
    },

    async list(by, conversation) {
      const { conversation: where } = await asKeeper(places, by.user, conversation);
      const hooks = await store.hooksOf(conversation);
      return where.kind === 'group' ? hooks : hooks.filter((hook) => hook.createdBy === by.user);
    },

    async rotate(by, conversation, id) {
      const hook = await kept(by, conversation, id);
      const secret = secretCode(SECRET_BYTES);
      const secretHash = fingerprint(secret);
      if (!(await store.setHookSecret(id, secretHash))) throw new Refused('not_found');
      return { hook: { ...hook, secretHash }, secret };
    },

    async remove(by, conversation, id) {
      const hook = await kept(by, conversation, id);
      // First of all nobody posts any more.
      if (!(await store.removeHook(id))) throw new Refused('not_found');
      if (hook.speaker !== hook.createdBy) await speakers.dismiss(hook.speaker, conversation, id);
    },

    async post(id, secret, said, key) {
      const hook = await store.hook(id);
      const given = Buffer.from(fingerprint(secret));
      const is = timingSafeEqual(given, Buffer.from(hook?.secretHash ?? NOBODY));
      if (hook === null || !is) throw new Refused('not_found');
      const wait = rate.take(id);
      if (wait > 0) throw new Refused('rate_limited', 'posts of this hook', wait);
      if (hook.speaker !== hook.createdBy) await bots.check(hook.speaker, ['messages.send']);
      const command = sendCommand(
        key === null ? uuidv7() : commandIdOf('hook', id, key),
        hook.conversation,
        said(),
      );
      return pipeline.request({ user: hook.speaker, device: id }, command, JSON.stringify(command));
    },
  };
}
