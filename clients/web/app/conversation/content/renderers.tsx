import type { ComponentType } from 'preact';
import { t } from '../../../i18n/t.ts';
import { MediaBody } from '../../media/bodies/media-body.tsx';
import type { BodyProps } from './body-props.ts';
import { Instead } from './instead.tsx';
import { ButtonsBody, PressBody, QuickRepliesBody } from './pressable-bodies.tsx';
import { TextBody } from './text-body.tsx';

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
