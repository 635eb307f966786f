/**
 * Begins what a server answers that cannot serve at the moment: it reads its files, has no room, fails over, is being set up, or does
 * not know us any more.
 */
const ANSWERS = [
  'LOADING',
  'OOM',
  'MISCONF',
  'BUSY',
  'READONLY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'MOVED',
  'ASK',
  'NOREPLICAS',
  'NOAUTH',
  'WRONGPASS',
  'UNBLOCKED',
  'EXECABORT',
];

/** Begins or is what the client says when there is nobody to answer. */
const CLIENT = [
  'Connection is closed',
  "Stream isn't writeable",
  'Command timed out',
  'Blocking command timed out',
  'Command aborted',
  'Socket timeout',
  'Cluster isn',
  'Failed to refresh slots cache',
  'None of startup nodes is available',
  'All sentinels are unreachable',
  'Too many Cluster redirections',
  'Reached the max retries per request',
  'Ready check failed',
];

const SOCKET = /^(ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOST|ENET|ERR_SOCKET|ERR_STREAM)/;

/** Whether Redis does not answer, or not now: the same may succeed later. For an `Engine`. */
export function isRedisTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { message } = error;
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && SOCKET.test(code)) return true;
  if (CLIENT.some((start) => message.startsWith(start))) return true;
  // In a Cluster the newest error of a node may be told within another.
  const { lastNodeError } = error as { lastNodeError?: unknown };
  if (lastNodeError !== undefined && isRedisTrouble(lastNodeError)) return true;
  const word = /^(?:.*?-)?([A-Z]+)(?: |$)/.exec(message)?.[1];
  return word !== undefined && ANSWERS.includes(word);
}

/** Whether a write found no room: neither in memory nor on the disk. */
export function isRedisFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // Within a script Redis 6 says it behind where it happened.
  return /(?:^|: -)OOM /.test(error.message) || /^MISCONF .*No space left/.test(error.message);
}
