import type { Server } from 'node:net';
import { loadConfig } from '../../platform/config/load.ts';
import { openDataFolder } from '../../platform/data-folder.ts';
import { createLogger } from '../../platform/logging.ts';
import { type DunlinServer, startServer } from '../../server.ts';
import { checkBackup, restoreInto } from '../../services/backup.ts';
import { banner } from '../banner.ts';
import { type ControlRequest, listenForControl } from '../control.ts';
import { lookForMigrations } from '../migration/look-for.ts';

/** Why a run of the server ended. */
type End =
  | { kind: 'signal' }
  | { kind: 'failed'; error: Error }
  | { kind: 'restore'; from: string; done: (error?: Error) => void };

export async function serve(args: string[]): Promise<number> {
  const { config } = loadConfig(args, process.env);
  const logger = createLogger(config.log.level);
  const folder = openDataFolder(config.data.folder);
  let end!: (why: End) => void;
  let ended = new Promise<End>((resolve) => {
    end = resolve;
  });
  const signal = () => end({ kind: 'signal' });
  process.on('SIGTERM', signal);
  process.on('SIGINT', signal);
  let server: DunlinServer | null = null;
  process.on('SIGHUP', () => server?.reloadCertificates());

  const control = await listenForControl(folder.path, (request) =>
    answer(request, server, (why) => end(why)),
  );
  try {
    for (const warning of await lookForMigrations(config, folder.path, logger)) logger.warn(warning);
    for (let restored: ((error?: Error) => void) | null = null; ; ) {
      server = await startServer({ config, folder, logger });
      void server.failed.then((error) => end({ kind: 'failed', error }));
      if (restored === null) process.stdout.write(await banner(config, server));
      restored?.();
      restored = null;
      const why = await ended;
      ended = new Promise<End>((resolve) => {
        end = resolve;
      });
      const stopping = server;
      server = null;
      if (!(await stopping.stop())) await cutShort(why, control);
      if (why.kind === 'signal') return 0;
      if (why.kind === 'failed') throw why.error;
      try {
        restoreInto(folder.path, why.from);
        restored = why.done;
      } catch (error) {
        // What was there before is in place still, or in `before-restore`: say so, and go on with what there is.
        why.done(error as Error);
      }
    }
  } finally {
    control.close();
    folder.release();
  }
}

/** Something hangs: the process ends all the same, without touching what is still open. */
async function cutShort(why: End, control: Server): Promise<never> {
  if (why.kind === 'restore') {
    why.done(new Error('The server did not stop in time, and ends now. Nothing was restored: try again.'));
    await new Promise((answered) => control.close(answered));
  }
  process.exit(why.kind === 'signal' ? 0 : 1);
}

async function answer(
  request: ControlRequest,
  server: DunlinServer | null,
  end: (why: End) => void,
): Promise<string> {
  if (server === null) throw new Error('The server is starting or stopping: try again in a moment.');
  switch (request.command) {
    case 'backup':
      await server.backup(request.argument!);
      return 'done';
    case 'restore': {
      const from = request.argument!;
      checkBackup(from);
      await new Promise<void>((resolve, reject) => {
        end({ kind: 'restore', from, done: (error) => (error === undefined ? resolve() : reject(error)) });
      });
      return 'done';
    }
    case 'invite':
      return server.invite(request.admin === true);
    case 'grant':
      await server.grantAdmin(request.argument!);
      return `${request.argument} is administrator now.`;
  }
}
