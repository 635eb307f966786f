import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { toast } from '../../ui/index.ts';
import { wordsFor } from '../words-for.ts';

/**
 * Waits for a change, and says why where it was refused. Without a connection the change waits for the next one by itself: that is said,
 * and not waited for. False: it was refused.
 */
export async function attempt(chat: Chat, work: Promise<unknown>): Promise<boolean> {
  const done = work.then(
    () => true,
    (error: unknown) => {
      toast(wordsFor(error), { kind: 'error' });
      return false;
    },
  );
  if (chat.status.peek() === 'online') return done;
  toast(t('people.later'));
  return true;
}
