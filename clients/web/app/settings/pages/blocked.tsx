import type { Chat } from '../../../chat/chat.ts';
import { t } from '../../../i18n/t.ts';
import { Button, EmptyState } from '../../../ui/index.ts';
import { blocksChange } from '../../people/safety-section.tsx';
import { Answered, attempt, PersonRow, Section, useAnswer } from '../../screen/index.ts';
import { SettingsPage } from '../settings-page.tsx';

/** Whom one keeps away. */
export function Blocked({ chat }: { chat: Chat }) {
  const asked = useAnswer(chat, 'blocks.list', {}, blocksChange);
  return (
    <SettingsPage title={t('settings.blocked')}>
      <Answered of={asked}>
        {({ blocks }) =>
          blocks.length === 0 ? (
            <EmptyState icon="block" title={t('settings.noneBlocked')} text={t('people.blockText')} />
          ) : (
            <Section note={t('people.blockText')}>
              <ul>
                {blocks.map(({ user, username, name }) => (
                  <li key={user}>
                    <PersonRow chat={chat} user={user} name={name ?? username} detail={`@${username}`}>
                      <Button
                        aria-label={t('people.unblock', { name: name ?? username })}
                        onClick={() => void attempt(chat, chat.change('block.remove', { user }))}
                      >
                        {t('settings.unblock')}
                      </Button>
                    </PersonRow>
                  </li>
                ))}
              </ul>
            </Section>
          )
        }
      </Answered>
    </SettingsPage>
  );
}
