import { useState } from 'preact/hooks';
import type { Conversation } from '../../../sdk/index.ts';
import type { Chat } from '../../chat/chat.ts';
import { t } from '../../i18n/t.ts';
import { Button, Dialog } from '../../ui/index.ts';
import { duration, TIMERS } from '../conversation/durations.ts';
import { ActionRow, attempt, Choices } from '../screen/index.ts';
import screen from '../screen/screen.module.css';

/** When new messages of a conversation disappear. */
export function TimerRow(props: { chat: Chat; conversation: Conversation; disabled?: boolean }) {
  const { chat, conversation, disabled = false } = props;
  const { id, timer } = conversation;
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(timer);
  const words = (seconds: number | null) => (seconds === null ? t('timer.off') : duration(seconds));
  const offered: (number | null)[] = [null, ...TIMERS];
  if (!offered.includes(timer)) offered.push(timer);
  function set(): void {
    setOpen(false);
    if (chosen !== timer)
      void attempt(chat, chat.change('conversation.timer', { conversation: id, seconds: chosen }));
  }
  return (
    <>
      <ActionRow
        icon="timer"
        label={t('timer.title')}
        value={words(timer)}
        disabled={disabled}
        onClick={() => {
          setChosen(timer);
          setOpen(true);
        }}
      />
      {open && (
        <Dialog
          title={t('timer.title')}
          onClose={() => setOpen(false)}
          actions={
            <Button kind="primary" onClick={set}>
              {t('timer.set')}
            </Button>
          }
        >
          <p class={screen.about}>{t('timer.text')}</p>
          <Choices
            label={t('timer.title')}
            hideLabel
            options={offered.map((value) => ({ value, label: words(value) }))}
            value={chosen}
            onChoose={setChosen}
          />
        </Dialog>
      )}
    </>
  );
}
