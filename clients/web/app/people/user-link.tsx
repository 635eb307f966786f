import { useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n/t.ts';
import { Button, EmptyState, Spinner } from '../../ui/index.ts';
import { go } from '../router.ts';
import { ScreenFrame } from '../screen/index.ts';
import type { ScreenProps } from '../screen-props.ts';
import { wordsFor } from '../words-for.ts';
import { usernameIn } from './find-person.ts';

/** `/u/{name}`: a link that somebody gave away. Opens the chat with them. */
export default function UserLink({ chat, path: [name = ''] }: ScreenProps) {
  const [error, setError] = useState<unknown>(null);
  const online = chat.status.value === 'online';
  const username = usernameIn(name);
  const open = () => {
    if (username === null) return;
    setError(null);
    chat.query('user.find', { username }).then(
      ({ id }) => go({ at: 'chat', where: { user: id } }, { replace: true }),
      (why: unknown) => setError(why ?? new Error('not found')),
    );
  };
  useEffect(open, [username, online]);
  return (
    <ScreenFrame title={username === null ? t('people.newChat') : `@${username}`}>
      {username === null ? (
        <EmptyState icon="person" title={t('people.none')} />
      ) : error === null ? (
        <EmptyState icon="person" title={t('people.opening', { name: username })}>
          <Spinner />
        </EmptyState>
      ) : (
        <EmptyState icon="warning" title={wordsFor(error)}>
          <Button onClick={open}>{t('shell.retry')}</Button>
        </EmptyState>
      )}
    </ScreenFrame>
  );
}
