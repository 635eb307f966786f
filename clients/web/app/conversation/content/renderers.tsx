import type { ComponentChildren, ComponentType } from 'preact';
import type { Message } from '../../../../sdk/index.ts';
import { t } from '../../../i18n/t.ts';
import { MediaBody } from '../../media/bodies/media-body.tsx';
import type { PaneState } from '../state.ts';
import styles from './content.module.css';
import { ButtonsBody, PressBody, QuickRepliesBody } from './pressable-bodies.tsx';
import { TextBody } from './text-body.tsx';

export interface BodyProps {
  /** Its content is there: not deleted, not expired. */
  message: Message;
  state: PaneState;
  /** Time and ticks, to be put at the end of what is shown. */
  meta: ComponentChildren;
}

/** What shows each type of content. A new type is a row; one that has none is shown by its `text`. */
const renderers: Readonly<Record<string, ComponentType<BodyProps>>> = {
  text: TextBody,
  buttons: ButtonsBody,
  quick_replies: QuickRepliesBody,
  'button.press': PressBody,
  media: MediaBody,
};

export function Body(props: BodyProps) {
  const { content, unreadable } = props.message;
  if (unreadable) return <Instead meta={props.meta} text={t('message.unreadable')} />;
  const type = content?.type ?? '';
  const Renderer = Object.hasOwn(renderers, type) ? renderers[type] : undefined;
  if (Renderer !== undefined) return <Renderer {...props} />;
  if (typeof content?.text === 'string' && content.text !== '') return <TextBody {...props} />;
  return <Instead meta={props.meta} text={t('message.unsupported')} />;
}

/** A sentence in place of what cannot be shown. */
export function Instead({ text, meta }: { text: string; meta: ComponentChildren }) {
  return (
    <div dir="auto" class={`${styles.text} ${styles.instead}`}>
      {text}
      {meta}
    </div>
  );
}
