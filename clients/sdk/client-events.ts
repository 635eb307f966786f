import type { AnyEvent, PresencePayload, Receipt, TypingPayload } from '../../protocol/events.ts';
import type { ListedConversation } from './answers.ts';
import type { RefusedError } from './session.ts';

export type Status = 'offline' | 'connecting' | 'online';

export interface ClientEvents extends Record<string, unknown> {
  status: Status;
  /** In order, without gaps and repeats, per stream. */
  event: AnyEvent;
  receipts: { conversation: string; receipts: Receipt[] };
  /** What the server has of one's conversations, at every connection: pages, newest first. `last`: there are no more. */
  listed: { conversations: ListedConversation[]; last: boolean };
  presence: PresencePayload;
  typing: TypingPayload;
  /** A change was refused after its PUBACK, or with nobody waiting for it. */
  refused: { command: string | null; error: RefusedError };
  /** The device was revoked or its tokens no longer work: log in again. */
  signedOut: undefined;
}
