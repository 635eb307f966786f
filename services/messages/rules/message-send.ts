import type { CommandOf } from '../../../protocol/commands.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { EventOf } from '../../../protocol/events.ts';
import type { Actor } from '../../actor.ts';
import { notIn, peerOf } from '../../conversations/access.ts';
import type { CachedConversation } from '../../conversations/cache.ts';
import { directConversation } from '../../conversations/direct.ts';
import type { Member } from '../../conversations/store.ts';
import type { ChangeRules, Decision } from '../pipeline.ts';
import { type Destination, messageDraft } from './message-draft.ts';
import type { MessageRuleParts } from './parts.ts';
import { readableMessage } from './target.ts';

type Send = CommandOf<'message.send'>;

/** The hot path: with the conversation and the block in the caches, everything here is synchronous, but for replies. */
export function messageSend(parts: MessageRuleParts): ChangeRules<'message.send'> {
  const { cache, store, relations, retentionMs } = parts;

  function toKnown(
    actor: Actor,
    command: Send,
    acceptedAt: number,
    entry: CachedConversation,
  ): Decision | Promise<Decision> {
    const { conversation, members } = entry;
    if (!members.has(actor.user)) throw notIn(entry);
    const group = conversation.kind === 'group';
    const peer = group ? null : peerOf(actor.user, members);
    const to: Destination = {
      stream: conversation.id,
      kind: group ? 'group' : 'direct',
      peer,
      timer: conversation.timer,
      isMember: (user) => members.has(user),
    };
    const finish = (blocked: boolean): Decision | Promise<Decision> => {
      if (blocked) throw new Refused('blocked');
      if (command.reply_to === undefined)
        return { draft: messageDraft(actor, command, acceptedAt, to, retentionMs) };
      return reply(actor, command, acceptedAt, to, command.reply_to);
    };
    const blocked = peer === null || peer === actor.user ? false : relations.blocked(actor.user, peer);
    return blocked instanceof Promise ? blocked.then(finish) : finish(blocked);
  }

  /** What is answered must be there and theirs to read; its content may have gone meanwhile. */
  async function reply(
    actor: Actor,
    command: Send,
    acceptedAt: number,
    to: Destination,
    seq: number,
  ): Promise<Decision> {
    await readableMessage(parts, actor, { conversation: to.stream, seq });
    return { draft: messageDraft(actor, command, acceptedAt, to, retentionMs) };
  }

  /** The first message between two: it makes their conversation. */
  async function first(actor: Actor, command: Send, acceptedAt: number, peer: string): Promise<Decision> {
    if (!(await relations.exists(peer))) throw new Refused('user_not_found');
    if (peer !== actor.user && (await relations.blocked(actor.user, peer))) throw new Refused('blocked');
    if (command.reply_to !== undefined) throw new Refused('message_not_found');
    const to: Destination = {
      stream: directConversation(actor.user, peer),
      kind: 'direct',
      peer,
      timer: null,
      isMember: (user) => user === peer || user === actor.user,
    };
    const draft = messageDraft(actor, command, acceptedAt, to, retentionMs);
    return { draft, joined: peer === actor.user ? [peer] : [actor.user, peer] };
  }

  async function everythingIsKnown(actor: Actor, to: Send['to']): Promise<void> {
    const entry = await cache.get('user' in to ? directConversation(actor.user, to.user) : to.conversation);
    if (entry === null || entry.conversation.kind === 'group') return;
    await relations.blocked(actor.user, peerOf(actor.user, entry.members));
  }

  return {
    type: 'message.send',
    event: 'message',
    structural: false,

    precheck(actor, { to }) {
      const id = 'user' in to ? directConversation(actor.user, to.user) : to.conversation;
      const entry = cache.peek(id);
      if (entry !== null && !entry.members.has(actor.user)) throw notIn(entry);
      if (entry === null || entry.conversation.kind === 'group') return;
      const peer = peerOf(actor.user, entry.members);
      if (peer !== actor.user && relations.blocked(actor.user, peer) === true) throw new Refused('blocked');
    },

    fromCache(actor, { to, reply_to }) {
      return reply_to === undefined ? everythingIsKnown(actor, to) : undefined;
    },

    decide(actor, command, acceptedAt) {
      const { to } = command;
      const known = cache.get('user' in to ? directConversation(actor.user, to.user) : to.conversation);
      if (!(known instanceof Promise)) return toKnown(actor, command, acceptedAt, known);
      return known.then((entry) => {
        if (entry !== null) return toKnown(actor, command, acceptedAt, entry);
        if ('user' in to) return first(actor, command, acceptedAt, to.user);
        throw new Refused('conversation_not_found');
      });
    },

    async apply(event) {
      // The first message between two makes their conversation.
      if (event.seq !== 1) return;
      const { kind, peer } = JSON.parse(event.body) as EventOf<'message'>;
      if (kind !== 'direct' || peer === undefined) return;
      const { user } = event.sender;
      await store.create(
        {
          id: event.stream,
          kind: peer === user ? 'self' : 'direct',
          name: null,
          photo: null,
          history: 'all',
          timer: null,
          createdBy: user,
          createdAt: event.time,
        },
        [...new Set([user, peer])].map((member): Member => ({ user: member, role: 'member' })),
        event.seq,
      );
    },

    stale(event) {
      if (event.seq === 1) cache.forget(event.stream);
    },
  };
}
