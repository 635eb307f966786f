import type { Content } from '../../../protocol/content.ts';
import type { Refusal } from '../../../protocol/errors.ts';
import type { Destination } from '../codec.ts';
import type { FileDescription } from '../media/description.ts';
import type { Conversation } from './conversations.ts';
import type { Message } from './entries.ts';
import type { PendingUpload } from './upload.ts';

/** What may be said beside the content of a message. */
export interface SendOptions {
  /** Of one’s own making (UUIDv7), where it may be asked twice: under the same id it is the same message. */
  id?: string;
  replyTo?: number;
  mentions?: string[];
  /** Seconds until its content is removed. */
  ttl?: number;
  forwarded?: number;
}

/** What is said when a file is sent. */
export interface MediaOptions extends SendOptions, FileDescription {}

/** A message on its way: shown before the server has it. */
export interface Pending {
  id: string;
  to: Destination;
  /** As it was written, before it was encoded. */
  content: Content;
  options: Omit<SendOptions, 'id'>;
  /** The order of writing. */
  number: number;
  /** When, by this device's clock, milliseconds since the Unix epoch. */
  begun: number;
  state: 'uploading' | 'queued' | 'accepted' | 'refused';
  refusal: Refusal | null;
  /** Absent: there is nothing to upload, or no more. */
  upload?: PendingUpload;
}

/** Whether it belongs to a conversation, or to the user whom one has not written to yet. */
export function isTo(
  { to }: Pending,
  where: { conversation: Conversation | null; user: string | null },
): boolean {
  if ('conversation' in to) return to.conversation === where.conversation?.id;
  return to.user === (where.user ?? where.conversation?.peer ?? null);
}

export function shownPending(
  { id, to, content, options, state, refusal }: Pending,
  me: { user: string; device: string },
  conversation: string | null,
): Message {
  return {
    type: 'message',
    key: id,
    conversation: 'conversation' in to ? to.conversation : conversation,
    seq: null,
    sender: me.user,
    device: me.device,
    time: null,
    content,
    gone: null,
    unreadable: false,
    edited: null,
    replyTo: options.replyTo ?? null,
    mentions: options.mentions ?? [],
    forwarded: options.forwarded ?? 0,
    expires: null,
    reactions: [],
    state,
    refusal,
  };
}
