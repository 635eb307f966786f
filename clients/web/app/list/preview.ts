import type { StoredMessage } from '../../../sdk/index.ts';
import { t } from '../../i18n/t.ts';
import { mediaLine } from '../media/content.ts';

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
  const line = mediaLine(content);
  if (line !== null) return oneLine(line);
  const text = content === null ? undefined : (content as { text?: unknown }).text;
  if (typeof text === 'string' && text.trim() !== '') return oneLine(text);
  return t('list.noText');
}

const oneLine = (text: string): string => text.slice(0, MOST).replaceAll(/\s+/g, ' ').trim();

/** Which way a text runs, by its first letter; undefined: it has none, and runs as the page does. */
export function directionOf(text: string): 'ltr' | 'rtl' | undefined {
  const letter = /\p{L}/u.exec(text)?.[0];
  if (letter === undefined) return undefined;
  return /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(letter)
    ? 'rtl'
    : 'ltr';
}
