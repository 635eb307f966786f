import { type CommandOf, VERSION } from '../../../protocol/commands.ts';
import type { EventOf } from '../../../protocol/events.ts';
import type { Actor } from '../../actor.ts';
import type { EventDraft } from '../history.ts';
import { mentionsOf, searchText } from './content.ts';

/** What a message says only when there is something to say. */
type OptionalFields = Partial<
  Pick<EventOf<'message'>, 'peer' | 'reply_to' | 'mentions' | 'forwarded' | 'expires'>
>;

/** Where a message goes. */
export interface Destination {
  stream: string;
  kind: 'direct' | 'group';
  /** Of a one-to-one conversation: to whom. */
  peer: string | null;
  /** Disappearing messages, seconds; null: off. */
  timer: number | null;
  isMember: (user: string) => boolean;
}

/** The event that a message is stored as. `retentionMs`: as in `MessageRuleParts`. */
export function messageDraft(
  actor: Actor,
  command: CommandOf<'message.send'>,
  acceptedAt: number,
  { stream, kind, peer, timer, isMember }: Destination,
  retentionMs: number | null,
): EventDraft {
  const { id, content } = command;
  const sender = { user: actor.user, device: actor.device };
  const expires = earliest(acceptedAt, command.ttl ?? null, timer, retentionMs);
  const more: OptionalFields = {};
  if (peer !== null) more.peer = peer;
  if (command.reply_to !== undefined) more.reply_to = command.reply_to;
  if (command.mentions !== undefined) more.mentions = mentionsOf(command.mentions, isMember);
  if (command.forwarded !== undefined) more.forwarded = command.forwarded;
  if (expires !== null) more.expires = expires;
  const rest = JSON.stringify({ content, ...more });
  // Ids and numbers need no escaping: the serialiser has only the rest to write.
  const body = `{"v":${VERSION},"type":"message","conversation":"${stream}","id":"${id}","sender":{"user":"${actor.user}","device":"${actor.device}"},"time":${acceptedAt},"kind":"${kind}",${rest.slice(1)}`;
  return {
    stream,
    type: 'message',
    sender,
    id,
    time: acceptedAt,
    body,
    expires,
    text: searchText(content),
    amends: null,
  };
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
