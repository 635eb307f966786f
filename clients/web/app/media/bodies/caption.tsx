import type { MediaContent } from '../../../../sdk/index.ts';
import type { BodyProps } from '../../conversation/content/body-props.ts';
import { TextBody } from '../../conversation/content/text-body.tsx';
import styles from '../media.module.css';

export type MediaBodyProps = BodyProps & { media: MediaContent };

export const hasCaption = ({ text }: MediaContent): boolean => typeof text === 'string' && text.trim() !== '';

/** What stands under a file: its caption, or only when it was sent. */
export function Caption({ over = false, ...props }: MediaBodyProps & { over?: boolean }) {
  if (hasCaption(props.media))
    return (
      <div class={styles.caption}>
        <TextBody {...props} />
      </div>
    );
  return <div class={over ? styles.metaOver : styles.metaUnder}>{props.meta}</div>;
}
