import { type CommandOf, VERSION } from '../../../protocol/commands.ts';
import { Refused } from '../../../protocol/errors.ts';
import type { Actor } from '../../actor.ts';
import type { CachedConversation } from '../../conversations/cache.ts';
import { directConversation } from '../../conversations/direct.ts';
import type { Member } from '../../conversations/store.ts';
import type { ChangeRules, Decision } from '../pipeline.ts';
import { searchText } from './content.ts';
import type { MessageRuleParts } from './parts.ts';

type Send = CommandOf<'message.send'>;

/** The hot path: with the conversation and the block in the caches, everything here is synchronous. */
export function messageSend(parts: MessageRuleParts): ChangeRules<'message.send'> {
  const { cache, store, relations, retentionMs } = parts;

  function build(
    actor: Actor,
    command: Send,
    acceptedAt: number,
    stream: string,
    kind: 'direct' | 'group',
    peer: string | null,
    timer: number | null,
  ): Decision {
    const sender = { user: actor.user, device: actor.device };
    const expires = earliest(acceptedAt, command.ttl ?? null, timer, retentionMs);
    const { content } = command;
    const body = JSON.stringify({
      v: VERSION,
      type: 'message',
      conversation: stream,
      id: command.id,
      sender,
      time: acceptedAt,
      kind,
      content,
      peer: peer ?? undefined,
      reply_to: command.reply_to,
      mentions: command.mentions,
      forwarded: command.forwarded,
      expires: expires ?? undefined,
    });
    return {
      draft: {
        stream,
        type: 'message',
        sender,
        id: command.id,
        time: acceptedAt,
        body,
        expires,
        text: searchText(content),
        amends: null,
      },
    };
  }

  function toKnown(
    actor: Actor,
    command: Send,
    acceptedAt: number,
    entry: CachedConversation,
  ): Decision | Promise<Decision> {
    const { conversation, members } = entry;
    if (!members.has(actor.user)) throw new Refused('not_a_member');
    if (conversation.kind === 'group')
      return build(actor, command, acceptedAt, conversation.id, 'group', null, conversation.timer);
    const peer = peerOf(actor.user, members);
    const finish = (blocked: boolean) => {
      if (blocked) throw new Refused('blocked');
      return build(actor, command, acceptedAt, conversation.id, 'direct', peer, conversation.timer);
    };
    const blocked = peer === actor.user ? false : relations.blocked(actor.user, peer);
    return blocked instanceof Promise ? blocked.then(finish) : finish(blocked);
  }

  /** The first message between two: it makes their conversation. */
  async function first(actor: Actor, command: Send, acceptedAt: number, peer: string): Promise<Decision> {
    if (!(await relations.exists(peer))) throw new Refused('user_not_found');
    if (peer !== actor.user && (await relations.blocked(actor.user, peer))) throw new Refused('blocked');
    const stream = directConversation(actor.user, peer);
    const decision = build(actor, command, acceptedAt, stream, 'direct', peer, null);
    return { ...decision, joined: peer === actor.user ? [peer] : [actor.user, peer] };
  }

  return {
    type: 'message.send',
    structural: false,

    precheck(actor, { to }) {
      const id = 'user' in to ? directConversation(actor.user, to.user) : to.conversation;
      const entry = cache.peek(id);
      if (entry !== null && !entry.members.has(actor.user)) throw new Refused('not_a_member');
      if (entry === null || entry.conversation.kind === 'group') return;
      const peer = peerOf(actor.user, entry.members);
      if (peer !== actor.user && relations.blocked(actor.user, peer) === true) throw new Refused('blocked');
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

    async apply(event, { to }, actor) {
      // Only a message to a user can be the first of its conversation.
      if (!('user' in to) || cache.peek(event.stream) !== null) return;
      const users = to.user === actor.user ? [actor.user] : [actor.user, to.user];
      await store.create(
        {
          id: event.stream,
          kind: to.user === actor.user ? 'self' : 'direct',
          name: null,
          photo: null,
          history: 'all',
          timer: null,
          createdBy: actor.user,
          createdAt: event.time,
        },
        users.map((user): Member => ({ user, role: 'member' })),
        event.seq,
      );
      cache.forget(event.stream);
    },
  };
}

/** The other of two; of a note to self, oneself. */
function peerOf(user: string, members: ReadonlyMap<string, unknown>): string {
  for (const member of members.keys()) if (member !== user) return member;
  return user;
}

/** When the content goes: the first of what the message, the conversation and the operator say. */
function earliest(
  acceptedAt: number,
  ttl: number | null,
  timer: number | null,
  retentionMs: number | null,
): number | null {
  if (ttl === null && timer === null && retentionMs === null) return null;
  const after = Math.min(
    ttl === null ? Infinity : ttl * 1_000,
    timer === null ? Infinity : timer * 1_000,
    retentionMs ?? Infinity,
  );
  return acceptedAt + after;
}
