import { t } from '../../i18n/t.ts';
import { Choices } from '../screen/index.ts';

/** What new members may read. */
export const HistoryChoice = (props: {
  value: 'joined' | 'all' | undefined;
  disabled?: boolean;
  onChoose(value: 'joined' | 'all'): void;
}) => (
  <Choices
    label={t('groups.history')}
    hideLabel
    options={[
      { value: 'joined' as const, label: t('groups.historyJoined'), detail: t('groups.historyJoinedText') },
      { value: 'all' as const, label: t('groups.historyAll'), detail: t('groups.historyAllText') },
    ]}
    {...props}
  />
);
