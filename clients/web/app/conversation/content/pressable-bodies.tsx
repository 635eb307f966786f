import { t } from '../../../i18n/t.ts';
import { Icon } from '../../../ui/icon.tsx';
import { failed } from '../actions/actions.ts';
import type { BodyProps } from './body-props.ts';
import styles from './content.module.css';
import { buttonRows, quickReplies } from './pressable.ts';
import { TextBody } from './text-body.tsx';

/** A bot’s text with buttons under it: links, or data that is sent back. */
export function ButtonsBody(props: BodyProps) {
  const { message, state } = props;
  const press = (label: string, data: string) => {
    if (message.seq !== null)
      state.chat
        .send(state.where, { type: 'button.press', text: label, data }, { replyTo: message.seq })
        .catch(failed);
  };
  return (
    <>
      <TextBody {...props} />
      <div class={styles.rows}>
        {buttonRows(message.content!).map((row, at) => (
          <div key={at} class={styles.buttons}>
            {row.map((one, index) =>
              'url' in one ? (
                <a
                  key={index}
                  class={styles.button}
                  href={one.url}
                  target="_blank"
                  rel="noopener noreferrer nofollow"
                  title={t('message.openLink', { link: one.url })}
                >
                  <bdi>{one.label}</bdi>
                  <Icon name="link" size={14} />
                </a>
              ) : (
                <button
                  key={index}
                  type="button"
                  class={styles.button}
                  disabled={!state.canWrite}
                  onClick={() => press(one.label, one.data)}
                >
                  <bdi>{one.label}</bdi>
                </button>
              ),
            )}
          </div>
        ))}
      </div>
    </>
  );
}

/** A bot’s text with answers to tap, which are sent as if one had written them. */
export function QuickRepliesBody(props: BodyProps) {
  const { message, state } = props;
  const say = (label: string) => {
    if (message.seq !== null) state.chat.send(state.where, label, { replyTo: message.seq }).catch(failed);
  };
  return (
    <>
      <TextBody {...props} />
      <div class={styles.replies}>
        {quickReplies(message.content!).map((label, at) => (
          <button
            key={at}
            type="button"
            class={styles.reply}
            disabled={!state.canWrite}
            onClick={() => say(label)}
          >
            <bdi>{label}</bdi>
          </button>
        ))}
      </div>
    </>
  );
}

/** A press of somebody’s: small, for who reads along. */
export function PressBody({ message, meta }: BodyProps) {
  return (
    <div dir="auto" class={`${styles.text} ${styles.pressed}`}>
      {t('message.pressed', { label: String(message.content?.text ?? '') })}
      {meta}
    </div>
  );
}
