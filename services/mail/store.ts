/** What is written to people. */
export type MailKind =
  /** To an address that is not verified yet. */
  | 'verify'
  /** Somebody asked for a new password: whom it concerns is found out when it is sent. */
  | 'reset'
  /** The password was set by such a link. */
  | 'password'
  /** To the former address: it is not the account's any more. */
  | 'address'
  /** A device signed in. */
  | 'device'
  /** Unread messages. */
  | 'digest';

/** What became of it: `dropped` was not sent on purpose, `dead` was refused for good or given up. */
export type MailState = 'waiting' | 'sent' | 'dropped' | 'dead';
export type TokenPurpose = 'verify' | 'reset';

/** Who is written to, and what of. */
export interface MailAddress {
  user: string;
  /** The verified address; null: there is none. */
  address: string | null;
  verifiedAt: number | null;
  /** Was given last, and waits to be verified; the one before stays in force until then. */
  pending: string | null;
  /** It refuses what is sent to it: nothing is any more, until it is verified anew. */
  bouncing: boolean;
  /** Told of new devices. */
  notices: boolean;
  /** Told of unread messages, if the settings of notifications say after how long. */
  digests: boolean;
  /** Null: what the server speaks. */
  language: string | null;
}

export interface MailToken {
  /** SHA-256 of what is in the link, hex. */
  hash: string;
  user: string;
  purpose: TokenPurpose;
  /** For which it was made. */
  address: string;
  expiresAt: number;
}

/** One mail that is to be sent. */
export interface MailItem {
  id: string;
  kind: MailKind;
  /** Null: not known yet. */
  user: string | null;
  data: Readonly<Record<string, unknown>>;
  createdAt: number;
  attempts: number;
}

export interface NewMail extends Omit<MailItem, 'attempts'> {
  /** Names what it is about: the same again is not written a second time. Null: it may be. */
  about: string | null;
}

export interface DueDigest {
  user: string;
  hours: number;
  /** Its claim. */
  leaseUntil: number;
  /** When the last one was composed; 0: never. */
  told: number;
}

/**
 * Port: mail. Times are milliseconds since the epoch; an address key is the form in which addresses are compared
 * (`address.ts`). Names no database; every adapter passes `store.conformance.ts`.
 */
export interface MailStore extends MailAddresses, MailTokens, MailOutbox, MailDigests, MailOrigins {}

export interface MailAddresses {
  address(user: string): Promise<MailAddress | null>;
  /** Whose verified address it is. */
  userByAddress(key: string): Promise<string | null>;
  setPending(user: string, address: string): Promise<void>;
  /**
   * What was pending is verified, and takes the place of the former address, which is answered; what bounced is forgotten. `taken`: another
   * account has it. `gone`: it is not what is pending.
   */
  verify(
    user: string,
    address: string,
    key: string,
    at: number,
  ): Promise<{ former: string | null } | 'taken' | 'gone'>;
  /** Forgets the address, and what is pending; answers the verified one. */
  removeAddress(user: string): Promise<string | null>;
  /** Absent fields stay. */
  setChoices(
    user: string,
    choices: Partial<Pick<MailAddress, 'notices' | 'digests' | 'language'>>,
  ): Promise<void>;
  /** The verified address refused a mail; the `most`-th time in a row it is bouncing from then on. True: from now on. */
  noteBounce(user: string, address: string, most: number, at: number): Promise<boolean>;
  noteTaken(user: string, address: string): Promise<void>;
}

export interface MailTokens {
  /** The same again changes nothing. */
  addToken(token: MailToken): Promise<void>;
  /** One that is good at `now`. */
  token(hash: string, now: number): Promise<MailToken | null>;
  /** True: it was good, and is not any more. Of several at once, one. */
  takeToken(hash: string, now: number): Promise<boolean>;
  removeTokens(user: string, purpose: TokenPurpose): Promise<void>;
  /** How many of those that have expired went, at most `limit`. */
  sweepMailTokens(now: number, limit: number): Promise<number>;
}

/** The outbox. An item is worked at under a claim, by one worker at a time, for as long as its lease goes. */
export interface MailOutbox {
  /** Due at once. False: something about the same is there, or was a short time ago. */
  enqueue(mail: NewMail): Promise<boolean>;
  /** Those that are due, the longest waiting first. */
  claimMail(claim: string, at: { now: number; leaseUntil: number }, most: number): Promise<MailItem[]>;
  /** It has ended: what it would have said is forgotten. `recipient` is the address key. False: the claim has been lost. */
  endMail(
    id: string,
    claim: string,
    end: {
      state: Exclude<MailState, 'waiting'>;
      reason: string | null;
      recipient: string | null;
      at: number;
    },
  ): Promise<boolean>;
  /** Ends the claim, and is tried again at `dueAt`. */
  postponeMail(id: string, claim: string, attempts: number, dueAt: number): Promise<void>;
  /** How many were sent to an address since. */
  sentSince(recipient: string, since: number): Promise<number>;
  /** The earliest time at which something can be claimed; null: nothing waits. */
  nextMailDue(): Promise<number | null>;
  /** How many wait, counted to `most` and no further. */
  countWaiting(most: number): Promise<number>;
  /** Ends all claims: where there is one worker, which has just begun. */
  forgetMailClaims(now: number): Promise<void>;
  /** Those that ended before this go, at most `limit`; how many went. */
  sweepMail(before: number, limit: number): Promise<number>;
}

/** When to look for what somebody has not read, of those who want to be told. */
export interface MailDigests {
  /** Those who are to be looked at, the longest waiting first; nobody else gets them until `leaseUntil`. */
  claimDigests(at: { now: number; leaseUntil: number }, most: number): Promise<DueDigest[]>;
  /** `told`: a digest was composed then. Nothing when the claim has been lost. */
  nextDigest(due: DueDigest, lookAt: number, told: number | null): Promise<void>;
}

/** From which network devices signed in, for the notice of it: kept for a short time. */
export interface MailOrigins {
  noteOrigin(device: string, network: string, at: number): Promise<void>;
  origin(device: string): Promise<string | null>;
  sweepOrigins(before: number, limit: number): Promise<number>;
}
