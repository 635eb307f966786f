import { useEffect, useState } from 'preact/hooks';
import type { AnswerOf, Message } from '../../../../sdk/index.ts';
import { fullTime } from '../../../i18n/dates.ts';
import { t } from '../../../i18n/t.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { Icon } from '../../../ui/icon.tsx';
import type { IconName } from '../../../ui/icons.ts';
import { Spinner } from '../../../ui/spinner.tsx';
import { moment } from '../durations.ts';
import { plainText } from '../message/label.ts';
import type { PaneState } from '../state.ts';
import styles from './actions.module.css';
import { PersonLine } from './person-line.tsx';

type Status = AnswerOf<'message.status'>;

/** When a message was sent, and who has and who read it when. */
export function InfoDialog({
  message,
  state,
  onClose,
}: {
  message: Message;
  state: PaneState;
  onClose(): void;
}) {
  const mine = message.sender === state.me;
  const status = useStatus(message, state, mine);
  const others = status?.members?.filter(({ user }) => user !== state.me) ?? [];
  return (
    <Dialog title={t('status.title')} shape="side" onClose={onClose}>
      <p class={styles.about} dir="auto">
        {plainText(message, state.me).slice(0, 500)}
      </p>
      <dl class={styles.facts}>
        {message.time !== null && <Fact name={t('status.sent')} time={message.time} />}
        {message.edited !== null && <Fact name={t('status.edited')} time={message.edited.at} />}
        {message.expires !== null && <Fact name={t('status.disappears')} time={message.expires} />}
      </dl>
      {mine && message.seq === null && <p class={styles.none}>{t('status.waiting')}</p>}
      {mine && status === undefined && <Spinner />}
      {status === null && <p class={styles.none}>{t('status.offline')}</p>}
      {status != null && (
        <>
          <People
            icon="checks"
            title={t('status.readBy')}
            read
            state={state}
            people={others.filter(({ read }) => read)}
          />
          <People
            icon="checks"
            title={t('status.deliveredTo')}
            state={state}
            people={others.filter(({ read, delivered }) => delivered && !read)}
          />
          <People
            icon="check"
            title={t('status.notYet')}
            state={state}
            people={others.filter(({ delivered, read }) => !delivered && !read)}
          />
        </>
      )}
    </Dialog>
  );
}

function Fact({ name, time }: { name: string; time: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{fullTime(time)}</dd>
    </div>
  );
}

function People(props: {
  icon: IconName;
  title: string;
  read?: boolean;
  state: PaneState;
  people: Status['members'];
}) {
  const { icon, title, read = false, state, people } = props;
  if (people.length === 0) return null;
  return (
    <section>
      <h3 class={read ? `${styles.heading} ${styles.read}` : styles.heading}>
        <Icon name={icon} size={18} />
        {title}
      </h3>
      <ul>
        {people.map(({ user, read_at, delivered_at }) => {
          const time = read ? read_at : delivered_at;
          return (
            <PersonLine key={user} user={user} state={state}>
              {time !== undefined && (
                <time class={styles.when} title={fullTime(time)}>
                  {moment(time)}
                </time>
              )}
            </PersonLine>
          );
        })}
      </ul>
    </section>
  );
}

/** undefined: being asked for; null: cannot be. Asked again as receipts come. */
function useStatus(message: Message, { chat, view }: PaneState, mine: boolean): Status | null | undefined {
  const [status, setStatus] = useState<Status | null | undefined>(undefined);
  const asks = mine && message.seq !== null;
  const receipts = view.receipts.value;
  useEffect(() => {
    if (!asks) return setStatus(undefined);
    let ended = false;
    const take = (next: Status | null) => {
      if (!ended) setStatus(next);
    };
    chat.query('message.status', { message: message.key }).then(take, () => take(null));
    return () => {
      ended = true;
    };
  }, [asks, message.key, receipts]);
  return asks ? status : (undefined as undefined);
}
