import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logging.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { BlobStore } from './blobs.ts';
import { dayOf } from './quotas.ts';
import type { MediaSettings } from './settings.ts';
import type { MediaStore } from './store.ts';

/** Files, references and blobs at a time. */
const BATCH = 200;
const DAY_MS = 86_400_000;

export interface MediaSweeper {
  /** Sweeps at once, then every `media.sweepSeconds`. */
  start(): void;
  /** Resolves when the batch under way is done; what is left is found next time. */
  stop(): Promise<void>;
  sweep(): Promise<void>;
}

/** Removes what has had its time, so much at a time. Several processes may do it at once: each step changes nothing the second time. */
export function createMediaSweeper(parts: {
  store: MediaStore;
  blobs: BlobStore;
  settings: Pick<MediaSettings, 'orphanMs' | 'retentionMs' | 'sweepMs'>;
  clock: Clock;
  logger: Logger;
  metrics?: Metrics | undefined;
}): MediaSweeper {
  const { store, blobs, settings, clock, logger, metrics } = parts;
  let stopped = false;

  /** Until a batch is not full. */
  async function all(batch: () => Promise<number>): Promise<void> {
    while (!stopped && (await batch()) === BATCH);
  }

  async function sweep(): Promise<void> {
    const now = clock.now();
    const { orphanMs, retentionMs } = settings;
    const removed = async (why: string, count: Promise<number>) => {
      metrics?.media_removed_total.labels(why).inc(await count);
      return count;
    };
    if (retentionMs !== null) await all(() => removed('old', store.removeOld(now - retentionMs, BATCH, now)));
    await all(() => store.releaseExpired(now, BATCH));
    await all(() => removed('unreferenced', store.removeUnreferenced(now - orphanMs, BATCH, now)));
    await all(async () => {
      const loose = await store.claimLoose(now, BATCH);
      const gone: string[] = [];
      let trouble: unknown = null;
      for (const blob of loose) {
        if (stopped) break;
        await blobs.delete(blob).then(
          () => gone.push(blob),
          (error) => {
            trouble = error;
          },
        );
      }
      await store.dropLoose(gone);
      if (trouble !== null) throw trouble;
      return loose.length;
    });
    await store.forgetDays(dayOf(now - DAY_MS));
  }

  return { ...repeating(sweep, settings.sweepMs, logger, () => (stopped = true)), sweep };
}

/** One at a time: a slow one is not followed by those it held up. */
export function repeating(
  work: () => Promise<void>,
  everyMs: number,
  logger: Logger,
  onStop: () => void = () => {},
): Pick<MediaSweeper, 'start' | 'stop'> {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  const run = () => {
    running ??= work()
      .catch((error: unknown) => logger.warn({ err: error }, 'a sweep of files failed; it is tried again'))
      .finally(() => {
        running = null;
      });
  };
  return {
    start() {
      run();
      timer = setInterval(run, everyMs).unref();
    },
    async stop() {
      onStop();
      clearInterval(timer);
      await running;
    },
  };
}

/** Removes files of the folder, whose names end so, that nobody has written to since `before`. */
export async function removeLeftovers(folder: string, ending: string, before: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.endsWith(ending))) {
    const path = join(folder, name);
    const written = await stat(path).catch(() => null);
    if (written !== null && written.mtimeMs < before) await rm(path, { force: true });
  }
}
