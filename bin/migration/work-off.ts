import type { Config } from '../../platform/config/schema.ts';
import { defaultConfig } from '../../platform/config/schema.ts';
import type { DataFolder } from '../../platform/data-folder.ts';
import type { Logger } from '../../platform/logging.ts';
import { startServer } from '../../server.ts';

/** What was accepted is handled before the process ends, however long that takes. */
const DRAIN_SECONDS = 24 * 60 * 60;

/**
 * Starts the embedded installation as `serve` would and stops it again: what it had accepted and not handled is events then, and nobody
 * can connect meanwhile but this machine, at ports that nobody knows.
 * @throws {Error} it did not come to an end
 */
export async function workOffLog(config: Config, folder: DataFolder, logger: Logger): Promise<void> {
  const loopback = { host: '127.0.0.1', port: 0 };
  const server = await startServer({
    folder,
    logger,
    config: {
      ...config,
      serve: { role: ['all'] },
      engines: defaultConfig().engines,
      listen: { host: loopback.host },
      mqtt: { ...config.mqtt, port: 0, enabled: false },
      mqtts: { ...config.mqtts, enabled: false },
      http: { ...config.http, port: 0 },
      metrics: { ...config.metrics, ...loopback },
      registration: { ...config.registration, mode: 'closed' },
      shutdown: { ...config.shutdown, drainSeconds: DRAIN_SECONDS },
    },
  });
  if (!(await server.stop())) throw new Error('The command log could not be worked off: try again.');
}
