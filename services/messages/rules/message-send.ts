import type { CommandOf } from '../../../protocol/commands.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { EventOf } from '../../../protocol/events.ts';
import type { Actor } from '../../actor.ts';
import { notIn, peerOf } from '../../conversations/access.ts';
import type { CachedConversation } from '../../conversations/cache.ts';
import { directConversation } from '../../conversations/direct.ts';
import type { Member } from '../../conversations/store.ts';
import type { ChangeRules, Decision } from '../pipeline.ts';
import { checkMedia, isMedia, referToMedia } from './media.ts';
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
      if (command.content.type === 'media' || command.reply_to !== undefined)
        return whatItNeeds(actor, command, acceptedAt, to);
      return { draft: messageDraft(actor, command, acceptedAt, to, retentionMs) };
    };
    const blocked = peer === null || peer === actor.user ? false : relations.blocked(actor.user, peer);
    return blocked instanceof Promise ? blocked.then(finish) : finish(blocked);
  }

  /** What is answered must be there and theirs to read, its content may have gone meanwhile; a file must be theirs to give. */
  async function whatItNeeds(
    actor: Actor,
    command: Send,
    acceptedAt: number,
    to: Destination,
  ): Promise<Decision> {
    const { content, reply_to: seq } = command;
    if (seq !== undefined) await readableMessage(parts, actor, { conversation: to.stream, seq });
    const draft = messageDraft(actor, command, acceptedAt, to, retentionMs);
    if (!isMedia(content)) return { draft };
    await checkMedia(parts, actor, content);
    return { draft, applies: true };
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
    if (isMedia(command.content)) await checkMedia(parts, actor, command.content);
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

    fromCache(actor, { to, reply_to, content }) {
      return reply_to === undefined && content.type !== 'media' ? everythingIsKnown(actor, to) : undefined;
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
      const { kind, peer, content } = JSON.parse(event.body) as EventOf<'message'>;
      await referToMedia(parts, event, event.seq, content);
      // The first message between two makes their conversation.
      if (event.seq !== 1) return;
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
