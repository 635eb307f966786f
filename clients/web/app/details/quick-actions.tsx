import type { Where } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { Button } from '../../ui/index.ts';
import { go } from '../router.ts';
import screen from '../screen/screen.module.css';

/** What one most often wants of a conversation: to be in it, or to find something in it. */
export const QuickActions = ({ where }: { where: Where }) => (
  <div class={screen.quick}>
    <Button icon="chat" onClick={() => go({ at: 'chat', where })}>
      {t('groups.write')}
    </Button>
    {'conversation' in where && (
      <Button icon="search" onClick={() => go({ at: 'chat', where, find: true })}>
        {t('list.search')}
      </Button>
    )}
  </div>
);
