/**
 * Loaded before a Node server under test with `--import`: collects garbage at SIGUSR2, so that resident memory is
 * compared at rest and not at whatever point the collector happened to be.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  process.on('SIGUSR2', () => collect());
}
