import type { TypingPayload } from '../../protocol/events.ts';
import type { Notice } from '../delivery/receipt-lane.ts';

/** What a node tells others. */
export type NodeMessage =
  /** Receipts for the connected devices of a user. */
  { kind: 'receipts'; user: string; notices: Notice[] } | { kind: 'typing'; notice: TypingPayload };

/**
 * Port: what broker nodes tell one another beside the event stream. Nothing of it is kept, and some of it may be lost: it is state that
 * can be asked for, or not worth keeping. Never throws and never waits.
 */
export interface NodeBus {
  /** Tells the other nodes on which the user has devices. */
  toUser(user: string, message: NodeMessage): void;
  /** Tells all other nodes. */
  toAll(message: NodeMessage): void;
  /** The user has devices here from now on. */
  follow(user: string): void;
  unfollow(user: string): void;
  /** What other nodes tell this one; not what it tells itself. */
  onMessage(listener: (message: NodeMessage) => void): () => void;
  stop(): Promise<void>;
}
