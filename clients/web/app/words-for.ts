import { RefusedError } from '../../sdk/session.ts';
import { en } from '../i18n/en.ts';
import { type PlainKey, t } from '../i18n/t.ts';

/** What people are told of an error: in their language where there are words for it, else in the server's. */
export function wordsFor(error: unknown): string {
  if (!(error instanceof RefusedError))
    return t(error instanceof TypeError || isOffline(error) ? 'error.unreachable' : 'error.unknown');
  const { code, message, detail, retry_after_ms } = error.refusal;
  if (code === 'bad_request' && detail?.startsWith('username')) return t('error.bad_username');
  const key = `error.${code}`;
  const words = Object.hasOwn(en, key) ? t(key as PlainKey) : message;
  if (retry_after_ms === undefined) return words;
  return `${words} ${t('error.wait', { count: Math.ceil(retry_after_ms / 1_000) })}`;
}

/** What a browser says of a request that did not arrive crosses from the host as its text alone. */
const isOffline = (error: unknown): boolean =>
  error instanceof Error && /offline|fetch|network|no answer|load failed|HTTP 5/i.test(error.message);
