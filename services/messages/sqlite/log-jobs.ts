import type { DatabaseSync } from 'node:sqlite';

/** Entries by column: one object to clone a batch instead of one an entry. */
export interface LogColumns {
  user: string[];
  device: string[];
  accepted: number[];
  text: string[];
}

export interface LogState {
  /** The last position ever given. */
  last: number;
  committed: number;
}

/** The jobs of the command log. */
export function logJobs(db: DatabaseSync) {
  const insert = db.prepare(
    'INSERT INTO log (position, user, device, accepted, text) VALUES (?, ?, ?, ?, ?)',
  );
  const state = db.prepare(`
    SELECT committed, max(committed, ifnull((SELECT max(position) FROM log), 0)) AS last FROM log_state`);
  const commit = db.prepare('UPDATE log_state SET committed = :to WHERE committed < :to');
  const trim = db.prepare('DELETE FROM log WHERE position <= ?');
  const read = db.prepare(
    'SELECT position, user, device, accepted, text FROM log WHERE position > ? ORDER BY position LIMIT ?',
  );
  const readState = (): LogState => ({ ...(state.get() as unknown as LogState) });

  return {
    /** Appends and returns the position of the first; the others follow it without a gap. */
    'log.append'({ user, device, accepted, text }: LogColumns): number {
      const first = readState().last + 1;
      for (let i = 0; i < text.length; i++) {
        insert.run(first + i, user[i]!, device[i]!, accepted[i]!, text[i]!);
      }
      return first;
    },

    'log.commit'({ position }: { position: number }): void {
      commit.run({ to: position });
      trim.run(position);
    },

    'log.state': readState,

    /** Entries after a position: columns, and the positions as they may have gaps. */
    'log.read'({ after, limit }: { after: number; limit: number }): LogColumns & { position: number[] } {
      const found: LogColumns & { position: number[] } = {
        position: [],
        user: [],
        device: [],
        accepted: [],
        text: [],
      };
      for (const row of read.iterate(after, limit)) {
        found.position.push(row.position as number);
        found.user.push(row.user as string);
        found.device.push(row.device as string);
        found.accepted.push(row.accepted as number);
        found.text.push(row.text as string);
      }
      return found;
    },
  };
}
