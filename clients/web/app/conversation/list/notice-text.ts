import type { Notice } from '../../../../sdk/index.ts';
import { list } from '../../../i18n/dates.ts';
import { t } from '../../../i18n/t.ts';
import { duration } from '../durations.ts';

/** Most people who are named in one line. */
const NAMED = 3;

/** What happened, in a sentence. @param name what a user is called */
export function noticeText({ event }: Notice, me: string, name: (user: string) => string): string {
  const by = event.sender.user;
  const own = by === me;
  const people = (users: readonly string[]): string => {
    const named = users.slice(0, users.length > NAMED + 1 ? NAMED : NAMED + 1);
    const names = named.map((user) => (user === me ? t('notice.you') : name(user)));
    const more = users.length - named.length;
    return list(more > 0 ? [...names, t('notice.others', { count: more })] : names);
  };
  switch (event.type) {
    case 'group.created':
      return own ? t('notice.createdYou') : t('notice.created', { name: name(by) });
    case 'members.added': {
      const users = event.members.map(({ user }) => user);
      if (users.length === 1 && users[0] === by)
        return own ? t('notice.joinedYou') : t('notice.joined', { name: name(by) });
      return own
        ? t('notice.addedYou', { people: people(users) })
        : t('notice.added', { name: name(by), people: people(users) });
    }
    case 'members.removed': {
      const { users } = event;
      if (users.length === 1 && users[0] === by)
        return own ? t('notice.leftYou') : t('notice.left', { name: name(by) });
      return own
        ? t('notice.removedYou', { people: people(users) })
        : t('notice.removed', { name: name(by), people: people(users) });
    }
    case 'member.role':
      return event.user === me
        ? t(`notice.${event.role}You`)
        : t(`notice.${event.role}`, { name: name(event.user) });
    case 'group.updated':
      if (event.name !== undefined)
        return own
          ? t('notice.renamedYou', { group: event.name })
          : t('notice.renamed', { name: name(by), group: event.name });
      if (event.history !== undefined)
        return t(event.history === 'all' ? 'notice.historyAll' : 'notice.historyJoined');
      if (event.photo === null)
        return own ? t('notice.photoGoneYou') : t('notice.photoGone', { name: name(by) });
      return own ? t('notice.photoYou') : t('notice.photo', { name: name(by) });
    case 'timer.changed': {
      const { seconds } = event;
      if (seconds === null) return own ? t('notice.timerOffYou') : t('notice.timerOff', { name: name(by) });
      const time = duration(seconds);
      return own ? t('notice.timerYou', { time }) : t('notice.timer', { name: name(by), time });
    }
  }
}
