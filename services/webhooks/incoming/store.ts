/** A door into one conversation: whoever has its secret may post there. */
export interface Hook {
  id: string;
  conversation: string;
  /** What it was called when it was made. */
  name: string;
  /** In whose name it posts: a bot of its own, or between two people the one who made it. */
  speaker: string;
  createdBy: string;
  /** SHA-256 of the secret, hex: the secret itself is never stored. */
  secretHash: string;
  createdAt: number;
}

/** Port: incoming webhooks. Times are milliseconds since the epoch. */
export interface HookStore {
  /** `most`: of one conversation. @throws {Refused} list_full */
  addHook(hook: Hook, most: number): Promise<void>;
  hook(id: string): Promise<Hook | null>;
  /** Oldest first. */
  hooksOf(conversation: string): Promise<Hook[]>;
  /** False: there is no such hook. */
  setHookSecret(id: string, secretHash: string): Promise<boolean>;
  /** False: there is no such hook. */
  removeHook(id: string): Promise<boolean>;
}
