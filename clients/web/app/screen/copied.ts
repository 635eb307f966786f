import { t } from '../../i18n/t.ts';
import { toast } from '../../ui/index.ts';
import { wordsFor } from '../words-for.ts';

/** Copies, and says so. */
export function copied(text: string): void {
  navigator.clipboard.writeText(text).then(
    () => toast(t('act.copied')),
    (error: unknown) => toast(wordsFor(error), { kind: 'error' }),
  );
}
