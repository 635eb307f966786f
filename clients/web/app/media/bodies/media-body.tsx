import { t } from '../../../i18n/t.ts';
import type { BodyProps } from '../../conversation/content/body-props.ts';
import { Instead } from '../../conversation/content/instead.tsx';
import { mediaOf, shownAs } from '../content.ts';
import { DocumentBody } from './document-body.tsx';
import { PictureBody } from './picture-body.tsx';
import { SoundBody } from './sound-body.tsx';
import { VideoBody } from './video-body.tsx';

/** A message with a file. */
export function MediaBody(props: BodyProps) {
  const media = mediaOf(props.message.content);
  if (media === null) return <Instead meta={props.meta} text={t('message.unsupported')} />;
  switch (shownAs(media)) {
    case 'image':
      return <PictureBody {...props} media={media} />;
    case 'video':
      return <VideoBody {...props} media={media} />;
    case 'audio':
    case 'voice':
      return <SoundBody {...props} media={media} />;
    default:
      return <DocumentBody {...props} media={media} />;
  }
}
