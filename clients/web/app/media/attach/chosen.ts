import { safeName } from '../../../../sdk/index.ts';
import { t } from '../../../i18n/t.ts';
import { toast } from '../../../ui/toasts.ts';
import type { PaneState } from '../../conversation/state.ts';

/** Most files at a time. */
const MOST = 30;

/** Files were picked, dropped or pasted: shown before they are sent. */
export function chosen(state: PaneState, files: readonly File[]): void {
  const empty = files.find(({ size }) => size === 0);
  // A folder looks like one of these.
  if (empty !== undefined) toast(t('media.empty', { name: safeName(empty.name) }), { kind: 'error' });
  if (files.length > MOST) toast(t('media.tooMany', { count: MOST }), { kind: 'error' });
  const there = files.filter(({ size }) => size > 0).slice(0, MOST);
  if (there.length > 0) state.over.value = { kind: 'files', files: there };
}
