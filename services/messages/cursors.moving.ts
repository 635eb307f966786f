import type { Engine } from '../../platform/engine.ts';
import type { RedisConnection } from '../../platform/redis/connect.ts';
import { type AnyPart, type Compared, type Page, type Part, type Place, pageOf } from '../migration/part.ts';
import { RedisCursors } from './cursors.redis.ts';
import type { Cursors, UserReceipt } from './cursors.ts';
import type { MessagesExport, Named } from './exporting.ts';
import { CursorImport } from './redis/cursor-import.ts';

/** Devices, users or streams in a page: each has cursors of as many streams, or of as many users, as it is in. */
const OWNERS_PAGE = 20;

/** Everything of one owner. */
interface Owned<Value> {
  owner: string;
  field: string;
  value: Value;
}

/**
 * Cursors, receipts and reads on their way from a messages.db to Redis. Both sides are asked through the port, for the owners that the
 * export names: what Redis has of others is not looked at.
 */
export function cursorParts(source: MessagesExport, redis: RedisConnection, engine: Engine): AnyPart[] {
  const there = new RedisCursors(redis, engine);
  const into = new CursorImport(redis, engine);
  return [
    part<number>({
      name: 'cursors',
      owners: source.devices,
      of: eachOwner((cursors: Cursors, device) => cursors.ofDevice(device)),
      write: (device, cursors) => into.device(device, cursors),
    }),
    part<number>({
      name: 'reads',
      owners: source.readers,
      of: eachOwner((cursors: Cursors, user) => cursors.readsOf(user)),
      write: (user, reads) => into.reads(user, reads),
    }),
    part<UserReceipt>({
      name: 'receipts',
      owners: source.receiptStreams,
      async of(cursors, streams) {
        const found = await cursors.receipts(streams);
        const byUser = (receipts: UserReceipt[]) => new Map(receipts.map((one) => [one.user, one]));
        return new Map([...found].map(([stream, receipts]) => [stream, byUser(receipts)]));
      },
      write: (stream, receipts) => into.receipts(stream, [...receipts.values()]),
    }),
  ];

  function part<Value>({ name, owners, of, write }: PartOf<Value>): Part<Owned<Value>> {
    const page = async (cursors: Cursors, after: Place | null): Promise<Page<Owned<Value>>> => {
      const named = await owners(Number(after ?? 0), OWNERS_PAGE);
      const { next } = pageOf<Named>(named, OWNERS_PAGE, ({ n }) => n);
      const found = await of(
        cursors,
        named.map((one) => one.name),
      );
      const rows = [...found].flatMap(([owner, fields]) =>
        [...fields].map(([field, value]) => ({ owner, field, value })),
      );
      return { rows, next };
    };
    const compared = ({ owner, field, value }: Owned<Value>): Compared => ({
      key: `${owner} ${field}`,
      value,
    });
    return {
      name,
      compared,
      read: (after) => page(source.cursors, after),
      async write(rows) {
        for (const [owner, owned] of Map.groupBy(rows, (row) => row.owner))
          await write(owner, new Map(owned.map(({ field, value }) => [field, value])));
      },
      async readBack(after) {
        const { rows, next } = await page(there, after);
        return { rows: rows.map(compared), next };
      },
    };
  }
}

interface PartOf<Value> {
  name: string;
  owners(after: number, limit: number): Promise<Named[]>;
  of(cursors: Cursors, owners: string[]): Promise<Map<string, Map<string, Value>>>;
  write(owner: string, fields: Map<string, Value>): Promise<void>;
}

function eachOwner<Value>(of: (cursors: Cursors, owner: string) => Promise<Map<string, Value>>) {
  return async (cursors: Cursors, owners: string[]) =>
    new Map(await Promise.all(owners.map(async (owner) => [owner, await of(cursors, owner)] as const)));
}
