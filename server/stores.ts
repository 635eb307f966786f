import type { ConnectRate } from '../broker/connections/connection-guard.ts';
import type { UserRate } from '../broker/ingest/command-rate.ts';
import type { Nodes } from '../broker/nodes/nodes.ts';
import type { OpenEmitter } from '../broker/open/open-emitter.ts';
import type { BrokerPersistence } from '../broker/persistence/broker-persistence.ts';
import type { CacheAge } from '../platform/cache-age.ts';
import type { TokenBuckets } from '../platform/token-bucket.ts';
import type { CreateBuckets } from '../services/accounts/bots/rates.ts';
import type { CreateFailureCounts } from '../services/accounts/failure-counts.ts';
import type { Directory } from '../services/directory/directory.ts';
import type { Cursors } from '../services/messages/cursors.ts';
import type { Feed } from '../services/messages/feed.ts';
import type { History } from '../services/messages/history.ts';
import type { CommandLog } from '../services/messages/log.ts';
import type { DirectoryState } from '../services/messages/pipeline/directory-state.ts';

/** How often users and addresses may ask, counted wherever it is counted. */
export interface Rates {
  user: UserRate;
  /** Undefined: each process counts for itself. */
  address?: UserRate;
  /** Attempts to connect, by address. Undefined: each process counts for itself. */
  connects?: ConnectRate;
  failureCounts?: CreateFailureCounts;
  /** Posts of each incoming webhook. */
  hooks: Pick<TokenBuckets, 'take'>;
  /** Undefined: each process counts the commands of bots for itself. */
  bots?: CreateBuckets;
}

/** Everything that a process stands on, each part embedded or on a server: what the rest of the program sees of it. */
export interface Stores {
  directory: Directory;
  log: CommandLog;
  feed: Feed;
  history: History;
  cursors: Cursors;
  /** Null: this process has no broker. */
  broker: { persistence: BrokerPersistence; emitter?: OpenEmitter; heartbeatMs?: number } | null;
  nodes: Nodes;
  rates: Rates;
  /** Where other processes change the directory too. */
  cacheAge?: CacheAge;
  /** Other processes may write the event stream. */
  shared: boolean;
  directoryState: DirectoryState;
  /** What does not answer now, by what it carries. */
  degraded(): string[];
  /** Resolves when this process cannot go on: an embedded database has ended. */
  failed: Promise<Error>;
  /** Files that are copied for a backup, with who copies them; servers have backups of their own. */
  backups: Readonly<Record<string, (path: string) => Promise<void>>>;
}

/** What the stores tell the one who opened them. */
export interface StoreEvents {
  /** Partitions of the log have come to this process: others may have changed what concerns them. */
  onAssigned(): void;
}
