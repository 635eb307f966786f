import type { DatabaseSync } from 'node:sqlite';
import type { DeviceCursor, UserReceipt } from '../cursors.ts';
import type { Names } from './names.ts';

/** The jobs of delivery and read cursors. */
export function cursorJobs(db: DatabaseSync, names: Names) {
  const move = db.prepare(`
    INSERT INTO cursors (device, stream, seq) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET seq = excluded.seq WHERE excluded.seq > seq`);
  const deliver = db.prepare(`
    INSERT INTO receipts (stream, user, delivered, delivered_at) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET delivered = excluded.delivered, delivered_at = excluded.delivered_at
    WHERE excluded.delivered > delivered`);
  const markRead = db.prepare(`
    INSERT INTO receipts (stream, user, read, read_at) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET read = excluded.read, read_at = excluded.read_at WHERE excluded.read > read`);
  const ofDevice = db.prepare(
    'SELECT name AS stream, seq FROM cursors JOIN names ON n = stream WHERE device = ?',
  );
  const readsOf = db.prepare(
    'SELECT name AS stream, read FROM receipts JOIN names ON n = stream WHERE user = ? AND read > 0',
  );
  const receipts = db.prepare(`
    SELECT asked.value AS stream, u.name AS user, delivered, delivered_at AS deliveredAt, read, read_at AS readAt
    FROM json_each(?) asked JOIN names s ON s.name = asked.value
    JOIN receipts r ON r.stream = s.n JOIN names u ON u.n = r.user
    ORDER BY u.name`);
  const receiptsOf = db.prepare(`
    SELECT asked.value AS user, delivered, delivered_at AS deliveredAt, read, read_at AS readAt
    FROM json_each(?) asked JOIN names u ON u.name = asked.value
    JOIN receipts r ON r.stream = ? AND r.user = u.n`);
  const forget = db.prepare('DELETE FROM cursors WHERE device = ?');

  return {
    'cursors.save'(cursors: DeviceCursor[]): void {
      names.verify();
      for (const { device, user, stream, seq, time } of cursors) {
        if (seq <= 0) continue;
        const s = names.intern(stream);
        move.run(names.intern(device), s, seq);
        if (time !== null) deliver.run(s, names.intern(user), seq, time);
      }
    },

    'cursors.read'({ user, stream, seq, time }: Omit<DeviceCursor, 'device'>): boolean {
      if (seq <= 0) return false;
      names.verify();
      return Number(markRead.run(names.intern(stream), names.intern(user), seq, time).changes) > 0;
    },

    'cursors.forget'({ device }: { device: string }): void {
      names.verify();
      forget.run(names.find(device));
    },

    'cursors.ofDevice'({ device }: { device: string }): Map<string, number> {
      const rows = ofDevice.all(names.find(device)) as { stream: string; seq: number }[];
      return new Map(rows.map(({ stream, seq }) => [stream, seq]));
    },

    'cursors.readsOf'({ user }: { user: string }): Map<string, number> {
      const rows = readsOf.all(names.find(user)) as { stream: string; read: number }[];
      return new Map(rows.map(({ stream, read }) => [stream, read]));
    },

    'cursors.receipts'({ streams }: { streams: string[] }): Map<string, UserReceipt[]> {
      const found = new Map<string, UserReceipt[]>();
      const rows = receipts.all(JSON.stringify([...new Set(streams)])) as unknown as (UserReceipt & {
        stream: string;
      })[];
      for (const { stream, ...receipt } of rows) {
        const of = found.get(stream);
        if (of === undefined) found.set(stream, [receipt]);
        else of.push(receipt);
      }
      return found;
    },

    'cursors.receiptsOf'({ stream, users }: { stream: string; users: string[] }): Map<string, UserReceipt> {
      const rows = receiptsOf.all(JSON.stringify(users), names.find(stream)) as unknown as UserReceipt[];
      return new Map(rows.map((receipt) => [receipt.user, receipt]));
    },
  };
}
