/**
 * Port: which users have a device connected, over all nodes. What this node says of its own users is known here at once; what others say
 * comes a moment later. A node that dies takes its users with it when its lease runs out.
 */
export interface OnlineUsers {
  /** This node has a device of the user. Again and again is the same as once. */
  came(user: string): void;
  /** This node has no device of the user any more. */
  left(user: string): void;
  /** Does any node have one? Synchronous when it is known here. Never rejects: what cannot be asked is as it was known last. */
  online(user: string): boolean | Promise<boolean>;
  /** Which of these have one? In one question. Synchronous when it is known here. Rejects when it cannot be asked: whoever asks after many asks again. */
  among(users: readonly string[]): ReadonlySet<string> | Promise<ReadonlySet<string>>;
  /** Somebody here wants to be told of changes of this user. Again and again is the same as once. */
  watch(user: string): void;
  unwatch(user: string): void;
  /** Changes of users that are watched here, in order. May tell again what is known already. */
  onChange(listener: (user: string, online: boolean) => void): () => void;
  /** This node goes: it has no device of anybody any more. */
  stop(): Promise<void>;
}
