import { useEffect, useState } from 'preact/hooks';
import type { ReportReason } from '../../../../protocol/commands.ts';
import type { Conversation, Message } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { shortTime } from '../../i18n/dates.ts';
import { t } from '../../i18n/t.ts';
import { Button, Dialog, Icon, TextField, toast } from '../../ui/index.ts';
import { previewOf } from '../list/preview.ts';
import { nameOf } from '../naming.ts';
import { attempt, Choices } from '../screen/index.ts';
import screen from '../screen/screen.module.css';

/** As the contract has them. */
const MOST_MESSAGES = 20;
const reasons: readonly ReportReason[] = [
  'spam',
  'harassment',
  'impersonation',
  'violence',
  'illegal',
  'other',
];

/** Tells the administrators of somebody: why, and what they are to read of it, which is nothing unless one says so. */
export function ReportDialog(props: {
  chat: Chat;
  user: string;
  conversation: Conversation | null;
  onClose(): void;
}) {
  const { chat, user, conversation, onClose } = props;
  const [reason, setReason] = useState<ReportReason | undefined>(undefined);
  const [text, setText] = useState('');
  const [shown, setShown] = useState<ReadonlySet<number>>(new Set());
  const [busy, setBusy] = useState(false);
  const messages = useRecent(chat, user, conversation);

  function toggle(seq: number): void {
    const next = new Set(shown);
    if (!next.delete(seq) && next.size < MOST_MESSAGES) next.add(seq);
    setShown(next);
  }
  async function send(): Promise<void> {
    if (reason === undefined) return;
    setBusy(true);
    const about =
      conversation === null || shown.size === 0
        ? {}
        : { conversation: conversation.id, messages: [...shown].sort((a, b) => a - b) };
    const words = text.trim() === '' ? {} : { text: text.trim() };
    const done = await attempt(chat, chat.change('report.send', { user, reason, ...about, ...words }));
    setBusy(false);
    if (!done) return;
    toast(t('people.reported'));
    onClose();
  }

  return (
    <Dialog
      title={t('people.report', { name: nameOf(chat, user) })}
      shape="sheet"
      onClose={onClose}
      actions={
        <>
          <Button kind="plain" onClick={onClose}>
            {t('shell.cancel')}
          </Button>
          <Button kind="danger" busy={busy} disabled={reason === undefined} onClick={send}>
            {t('people.reportSend')}
          </Button>
        </>
      }
    >
      <p class={screen.about}>{t('people.reportText')}</p>
      <Choices
        label={t('people.reason')}
        options={reasons.map((value) => ({ value, label: t(`people.reason.${value}`) }))}
        value={reason}
        onChoose={setReason}
      />
      {messages.length > 0 && (
        <fieldset class={screen.choices}>
          <legend class={screen.legend}>{t('people.reportMessages')}</legend>
          {messages.map((message) => (
            <label key={message.key} class={`${screen.row} ${screen.pick}`}>
              <span class={screen.rowWords}>
                <bdi>{previewOf(message)}</bdi>
                {message.time !== null && <span class={screen.detail}>{shortTime(message.time)}</span>}
              </span>
              <input
                type="checkbox"
                checked={shown.has(message.seq!)}
                onChange={() => toggle(message.seq!)}
              />
              <span class={screen.box}>{shown.has(message.seq!) && <Icon name="check" size={16} />}</span>
            </label>
          ))}
        </fieldset>
      )}
      <div class={screen.padded}>
        <TextField
          label={t('people.reportMore')}
          value={text}
          dir="auto"
          maxLength={1000}
          onInput={setText}
        />
      </div>
    </Dialog>
  );
}

/** Their newest messages in the conversation, newest first. */
function useRecent(chat: Chat, user: string, conversation: Conversation | null): readonly Message[] {
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const id = conversation?.id;
  useEffect(() => {
    if (id === undefined) return;
    let ended = false;
    chat.look({ conversation: id }, { page: 60, most: 60 }).then(
      (view) => {
        if (!ended)
          setMessages(
            view.entries
              .peek()
              .filter(
                (entry): entry is Message =>
                  entry.type === 'message' &&
                  entry.sender === user &&
                  entry.seq !== null &&
                  entry.gone === null,
              )
              .slice(-MOST_MESSAGES)
              .reverse(),
          );
        view.close();
      },
      () => {}, // they can be told without messages
    );
    return () => {
      ended = true;
    };
  }, [chat, user, id]);
  return messages;
}
