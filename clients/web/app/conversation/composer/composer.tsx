import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { MAX_CONTENT_BYTES } from '../../../../sdk/index.ts';
import { t } from '../../../i18n/t.ts';
import { IconButton } from '../../../ui/button.tsx';
import { choices } from '../../choices.ts';
import { failed } from '../actions/actions.ts';
import { mayEdit } from '../actions/may.ts';
import { EmojiPicker } from '../emoji/picker.tsx';
import { Popover } from '../emoji/popover.tsx';
import { nameOf } from '../names.ts';
import type { PaneState } from '../state.ts';
import type { Mentioned } from '../text/format.ts';
import { AnsweringBar } from './answering.tsx';
import styles from './composer.module.css';
import { useDraft } from './draft.ts';
import { MentionList, useMentions } from './mention-list.tsx';
import { mentionsOf } from './mentions.ts';
import { send } from './send.ts';
import { contentBytes, tooLarge } from './size.ts';
import { TimerChip, TimerChoice } from './timer-choice.tsx';

/** What is left is told when it is less than this, bytes. */
const TELL_ROOM = 2_000;
const touches = () => matchMedia('(pointer: coarse)').matches;

interface Props {
  state: PaneState;
  /** What puts something beside the text: files, photos, a voice. Stands where the line begins. */
  attachments?: ComponentChildren;
  /** In place of the button that sends, as long as nothing is written. */
  voice?: ComponentChildren;
}

/** Where one writes. */
export function Composer({ state, attachments, voice }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const draft = useDraft(state);
  const { text } = draft;
  const [chosen, setChosen] = useState<readonly Mentioned[]>([]);
  const [emoji, setEmoji] = useState<{ x: number; y: number } | null>(null);
  const [ttl, setTtl] = useState<number | null>(null);
  const answering = state.answering.value;
  const editing = answering?.kind === 'edit' ? answering.message : null;
  const content = { type: 'text' as const, text: text.trim() };
  const over = tooLarge(content);
  const room = text.length > 10_000 ? MAX_CONTENT_BYTES - contentBytes(content) : Number.POSITIVE_INFINITY;
  const canSend = content.text !== '' && over === 0;
  const mentions = useMentions(state, field, text, (next, caret, mentioned) => {
    setChosen([...chosen, mentioned]);
    write(next, caret);
  });

  // As high as what is written, up to what the style allows.
  useLayoutEffect(() => {
    const element = field.current!;
    element.style.blockSize = 'auto';
    element.style.blockSize = `${element.scrollHeight}px`;
  }, [text]);

  // What is edited stands in the place of the draft, which comes back after it.
  useLayoutEffect(() => {
    if (editing === null) return;
    draft.show(String(editing.content?.text ?? ''));
    setChosen(editing.mentions.map((user) => ({ user, name: nameOf(state.chat, user) })));
    return draft.restore;
  }, [editing?.key]);

  useEffect(
    () =>
      state.toComposer.subscribe((count) => {
        if (count > 0) requestAnimationFrame(() => field.current?.focus());
      }),
    [state],
  );
  useEffect(() => {
    if (!touches()) field.current?.focus({ preventScroll: true });
  }, []);

  function change(next: string): void {
    if (editing === null) draft.write(next);
    else draft.show(next);
  }

  function write(next: string, caret: number): void {
    change(next);
    // At once: who types on, types behind it.
    const element = field.current!;
    element.value = next;
    element.focus();
    element.setSelectionRange(caret, caret);
  }

  function insert(what: string): void {
    const { selectionStart, selectionEnd } = field.current!;
    write(text.slice(0, selectionStart) + what + text.slice(selectionEnd), selectionStart + what.length);
  }

  function submit(): void {
    if (!canSend) return;
    const sent = { text: content.text, mentions: mentionsOf(content.text, chosen), ttl };
    if (editing === null) draft.clear();
    setChosen([]);
    setTtl(null);
    send(state, answering, sent).catch((error: unknown) => {
      draft.write(sent.text); // nothing is lost
      failed(error);
    });
    state.answering.value = null;
    field.current?.focus();
  }

  function press(event: KeyboardEvent): void {
    if (event.isComposing || mentions.press(event)) return;
    const enterSends = choices.peek().enterSends ?? !touches();
    const withModifier = event.ctrlKey || event.metaKey;
    if (event.key === 'Enter' && !event.shiftKey && (enterSends || withModifier)) {
      event.preventDefault();
      submit();
    } else if (event.key === 'Escape' && answering !== null) {
      event.preventDefault();
      state.answer(null);
    } else if (event.key === 'ArrowUp' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      document.querySelector<HTMLElement>('[role=feed] [data-key][tabindex="0"]')?.focus();
    } else if (event.key === 'ArrowUp' && text === '' && answering === null) {
      const last = state.view.entries
        .peek()
        .findLast((entry) => entry.type === 'message' && mayEdit(entry, state.me));
      if (last?.type !== 'message') return;
      event.preventDefault();
      state.answer({ kind: 'edit', message: last });
    }
  }

  return (
    <form
      class={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {answering !== null && <AnsweringBar state={state} answering={answering} />}
      {ttl !== null && <TimerChip seconds={ttl} onClear={() => setTtl(null)} />}
      {over > 0 ? (
        <p class={styles.tooLarge} role="alert">
          {t('composer.tooLarge', { count: over })}
        </p>
      ) : (
        room < TELL_ROOM && <p class={styles.room}>{t('composer.room', { count: room })}</p>
      )}
      <MentionList {...mentions.list} />
      <div class={styles.line}>
        {editing === null && attachments}
        <IconButton
          icon="smile"
          label={t('composer.emoji')}
          aria-haspopup="dialog"
          onClick={(event) => {
            const { left, right, top } = event.currentTarget.getBoundingClientRect();
            const rtl = getComputedStyle(event.currentTarget).direction === 'rtl';
            setEmoji({ x: rtl ? right : left, y: top });
          }}
        />
        <textarea
          ref={field}
          class={styles.field}
          rows={1}
          dir="auto"
          value={text}
          placeholder={t('composer.placeholder')}
          aria-label={t('composer.label')}
          aria-invalid={over > 0}
          enterkeyhint={(choices.value.enterSends ?? !touches()) ? 'send' : 'enter'}
          autocomplete="off"
          {...mentions.field}
          onInput={(event) => {
            change(event.currentTarget.value);
            const { conversation } = state;
            if (conversation !== null && editing === null && event.currentTarget.value !== '')
              state.chat.compose(conversation.id);
          }}
          onFocus={() => (state.current.value = null)}
          onKeyDown={press}
        />
        {editing === null && <TimerChoice state={state} seconds={ttl} onChoose={setTtl} />}
        {voice !== undefined && editing === null && text.trim() === '' ? (
          voice
        ) : (
          <IconButton
            type="submit"
            icon={editing === null ? 'send' : 'check'}
            kind="primary"
            label={t(editing === null ? 'composer.send' : 'composer.save')}
            disabled={!canSend}
          />
        )}
      </div>
      {emoji !== null && (
        <Popover label={t('composer.emoji')} at={emoji} onClose={() => setEmoji(null)}>
          <EmojiPicker
            onPick={(one) => {
              setEmoji(null);
              insert(one);
            }}
          />
        </Popover>
      )}
    </form>
  );
}
