import type { StoredMessage } from '../../../sdk/index.ts';
import { t } from '../../i18n/t.ts';

/** Most that is shown of a text: a row has room for less. */
const MOST = 200;

/** A message in one line. Text as it was written, never as markup. */
export function previewOf({
  gone,
  unreadable,
  content,
}: Pick<StoredMessage, 'gone' | 'unreadable' | 'content'>): string {
  if (gone === 'deleted') return t('list.deleted');
  if (gone === 'expired') return t('list.expired');
  if (unreadable) return t('list.unreadable');
  const text = content === null ? undefined : (content as { text?: unknown }).text;
  if (typeof text === 'string' && text.trim() !== '') return oneLine(text);
  const type = content?.type ?? '';
  if (/^(image|photo)/.test(type)) return t('list.photo');
  return t(/^(file|media|video|audio|voice)/.test(type) ? 'list.file' : 'list.noText');
}

const oneLine = (text: string): string => text.slice(0, MOST).replaceAll(/\s+/g, ' ').trim();
