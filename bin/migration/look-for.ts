import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../../platform/config/schema.ts';
import { Engine } from '../../platform/engine.ts';
import type { Logger } from '../../platform/logging.ts';
import { connectRedis } from '../../platform/redis/connect.ts';
import { isRedisTrouble } from '../../platform/redis/trouble.ts';
import { Refused } from '../../protocol/errors.ts';
import { directoryMark } from '../../services/directory/moving.ts';
import { historyMark } from '../../services/messages/history.moving.ts';
import { judge } from '../../services/migration/half-moved.ts';
import { redisMark } from '../../services/migration/mark.redis.ts';
import type { Mark, MarkStore } from '../../services/migration/mark.ts';
import { usedAgain } from '../../services/migration/moved-away.ts';

/** Whoever starts everything together starts us before the servers answer. */
const START_MS = 10_000;
const AGAIN_MS = 200;

type Engines = Config['engines'];
type Limits = Pick<Engines, 'deadlineMs'> & { most: number };
interface Opened {
  mark: Pick<MarkStore, 'read'>;
  close(): Promise<void>;
}

/** The engines that something can be moved to. */
const movable = {
  directory: {
    product: 'PostgreSQL',
    open: async (url: string, limits: Limits): Promise<Opened> => directoryMark({ url, ...limits }),
  },
  history: {
    product: 'MongoDB',
    open: (url: string, limits: Limits): Promise<Opened> => historyMark({ url, ...limits }),
  },
  redis: {
    product: 'Redis',
    async open(url: string, { deadlineMs, most }: Limits, log: Logger): Promise<Opened> {
      const connection = await connectRedis(url, { name: 'migration', deadlineMs, log });
      const engine = new Engine({ name: 'redis', deadlineMs, most, isTrouble: isRedisTrouble });
      return { mark: redisMark(connection, engine), close: () => connection.close() };
    },
  },
} as const;
const names = Object.keys(movable) as (keyof typeof movable)[];

/**
 * Looks at what `dunlin migrate` has left on the servers of the configuration and in the data folder, before anything is opened there.
 * Returns what the operator should be warned of.
 * @throws {Error} a migration did not come to its end, or a server does not answer
 */
export async function lookForMigrations(
  { engines }: Pick<Config, 'engines'>,
  folder: string,
  logger: Logger,
): Promise<string[]> {
  const served = names.filter((name) => engines[name] !== '');
  const marks = await Promise.all(
    served.map(async (name) => [name, await markOf(name, engines, logger)] as const),
  );
  const { refusal, warnings } = judge(Object.fromEntries(marks));
  if (refusal !== null) throw new Error(`Not started: ${refusal}.`);
  return [
    ...warnings,
    ...usedAgain(
      folder,
      names.filter((name) => engines[name] === ''),
    ),
  ];
}

async function markOf(name: keyof typeof movable, engines: Engines, logger: Logger): Promise<Mark | null> {
  const { product, open } = movable[name];
  const limits = { deadlineMs: engines.deadlineMs, most: engines.callsAtOnce };
  try {
    const { mark, close } = await open(engines[name], limits, logger);
    try {
      return await whenItAnswers(() => mark.read());
    } finally {
      await close();
    }
  } catch (error) {
    throw new Error(`engines.${name} (${product}): ${messageOf(error)}`, { cause: error });
  }
}

async function whenItAnswers<T>(ask: () => Promise<T>): Promise<T> {
  for (const until = performance.now() + START_MS; ; await pause(AGAIN_MS)) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Refused) || performance.now() > until) throw error;
    }
  }
}

/** What a server says is more than the code that it is refused with. */
function messageOf(error: unknown): string {
  if (error instanceof Refused && error.cause !== undefined) return messageOf(error.cause);
  return error instanceof Error ? error.message : String(error);
}
