import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Refused } from '../../../protocol/errors.ts';
import type { Picture, PictureAnswer, PictureTask } from './shape.ts';

const PROGRAM = fileURLToPath(new URL('./picture.process.ts', import.meta.url));
/** A process that has nothing to do is ended after this. */
const IDLE_MS = 30_000;
/** Pictures that wait; above it they are refused. */
const MOST_WAITING = 64;
const RETRY_MS = 2_000;

export interface WorkshopSettings {
  /** Pixels of a picture, all frames. */
  pixels: number;
  timeoutMs: number;
  memoryBytes: number;
}

type Wanted = Omit<PictureTask, 'id' | 'pixels'>;

export interface Workshop {
  /**
   * One after the other, in a process of their own. Null: it cannot be read, so it is no picture.
   * @throws {Refused} media_rejected too many pixels, or too much time or memory; overloaded, draining
   */
  read(wanted: Wanted): Promise<Picture | null>;
  close(): void;
}

export function createWorkshop({ pixels, timeoutMs, memoryBytes }: WorkshopSettings): Workshop {
  let child: ChildProcess | null = null;
  let idle: NodeJS.Timeout | undefined;
  let waiting = 0;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();
  let ids = 0;

  /** In a group of its own: a signal to ours is not for it. It ends when we do, or when we say so. */
  function started(): ChildProcess {
    clearTimeout(idle);
    if (child !== null) return child;
    const made = fork(PROGRAM, [String(memoryBytes)], {
      detached: true,
      execArgv: ['--max-old-space-size=64'],
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    made.once('exit', () => {
      if (child === made) child = null;
    });
    made.on('error', () => made.kill('SIGKILL'));
    child = made;
    return made;
  }

  function end(): void {
    clearTimeout(idle);
    child?.kill('SIGKILL');
    child = null;
  }

  async function one(wanted: Wanted): Promise<Picture | null> {
    if (closed) throw new Refused('draining');
    const id = ++ids;
    const worker = started();
    const { promise, resolve, reject } = Promise.withResolvers<PictureAnswer>();
    const onMessage = (answer: PictureAnswer) => answer.id === id && resolve(answer);
    const onExit = () =>
      reject(
        closed ? new Refused('draining') : new Refused('media_rejected', 'the picture takes too much memory'),
      );
    const timer = setTimeout(() => {
      reject(new Refused('media_rejected', 'the picture takes too long'));
      end();
    }, timeoutMs);
    worker.on('message', onMessage).once('exit', onExit);
    try {
      worker.send({ ...wanted, id, pixels } satisfies PictureTask);
      const answer = await promise;
      if (answer.ok) return { width: answer.width, height: answer.height, blurhash: answer.blurhash };
      if (answer.why === 'broken') return null;
      throw new Refused('media_rejected', `at most ${pixels / 1_000_000} million pixels`);
    } finally {
      clearTimeout(timer);
      worker.off('message', onMessage).off('exit', onExit);
    }
  }

  return {
    read(wanted) {
      if (waiting >= MOST_WAITING)
        return Promise.reject(new Refused('overloaded', 'pictures that wait', RETRY_MS));
      waiting++;
      const reading = last.then(() => one(wanted));
      last = reading
        .catch(() => {})
        .finally(() => {
          waiting--;
          if (waiting === 0) idle = setTimeout(end, IDLE_MS).unref();
        });
      return reading;
    },
    close() {
      closed = true;
      end();
    },
  };
}
