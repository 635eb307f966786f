import { Cluster, type Redis } from 'ioredis';
import type { Logger } from '../logging.ts';
import type { RedisClient } from './client.ts';

/**
 * What is kept there. `log`: what was acknowledged to a sender; `state`: what must be there after a restart; `passing`: what may be gone.
 */
export type RedisUse = 'log' | 'state' | 'passing';

const OLDEST: [number, number] = [6, 2];

/**
 * @throws {Error} it is too old, or another kind of server than its URL says
 */
export async function checkRedis(
  client: RedisClient,
  { log, use }: { log?: Pick<Logger, 'warn'>; use?: RedisUse },
): Promise<void> {
  const nodes = client instanceof Cluster ? client.nodes('master') : [client];
  const warnings = new Set<string>();
  for (const node of nodes) {
    const info = await unlessForbidden(node.info());
    if (!(client instanceof Cluster)) refuseOthers(info ?? '');
    const version = versionOf(info ?? '');
    if (version === null) warnings.add('its version could not be checked: INFO is forbidden');
    else if (version[0] < OLDEST[0] || (version[0] === OLDEST[0] && version[1] < OLDEST[1]))
      throw new Error(`version ${version.join('.')} is too old: ${OLDEST.join('.')} is needed`);
    if (use !== undefined) for (const warning of await warningsOf(node, use)) warnings.add(warning);
  }
  for (const warning of warnings) log?.warn({ use }, `redis: ${warning}`);
}

/** What would go wrong only later, a key here and a key there. @throws {Error} that says what to do */
function refuseOthers(info: string): void {
  if (/^redis_mode:cluster/m.test(info))
    throw new Error('it is a node of a Cluster: its URL begins with redis+cluster:// (or rediss+cluster://)');
  if (/^redis_mode:sentinel/m.test(info))
    throw new Error('it is a sentinel: its URL is like redis+sentinel://host:26379/master');
  if (/^role:slave/m.test(info))
    throw new Error(
      'it is a replica, which takes nothing: name its master, or the sentinels (redis+sentinel://), which know it',
    );
}

function versionOf(info: string): [number, number] | null {
  const found = /^redis_version:(\d+)\.(\d+)/m.exec(info);
  return found === null ? null : [Number(found[1]), Number(found[2])];
}

async function warningsOf(node: Redis, use: RedisUse): Promise<string[]> {
  const setting = async (name: string) => {
    const pair = (await unlessForbidden(node.config('GET', name))) as string[] | null;
    return pair?.[1] ?? null;
  };
  const [aof, fsync, policy] = [
    await setting('appendonly'),
    await setting('appendfsync'),
    await setting('maxmemory-policy'),
  ];
  const warnings: string[] = [];
  if (aof === null || policy === null)
    warnings.push('its settings could not be checked: CONFIG GET is forbidden');
  if (aof === 'no' && use !== 'passing')
    warnings.push('appendonly is off: what it holds is lost when it ends');
  if (use === 'log' && aof === 'yes' && fsync !== null && fsync !== 'always')
    warnings.push(`appendfsync is ${fsync}: accepted messages can be lost with power; set it to always`);
  if (policy !== null && policy !== 'noeviction' && use !== 'passing')
    warnings.push(`maxmemory-policy is ${policy}: what is kept may be evicted; set it to noeviction`);
  if (
    use === 'log' &&
    /^connected_slaves:[1-9]/m.test((await unlessForbidden(node.info('replication'))) ?? '')
  )
    warnings.push(
      'its replicas follow it with a delay: accepted messages can be lost when one takes its place',
    );
  return warnings;
}

/** Null when it may not be asked: managed servers forbid INFO and CONFIG, or do not have them. */
async function unlessForbidden<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (/^(NOPERM|ERR)/.test((error as Error).message)) return null;
    throw error;
  }
}
