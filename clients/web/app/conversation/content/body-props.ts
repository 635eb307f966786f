import type { ComponentChildren } from 'preact';
import type { Message } from '../../../../sdk/index.ts';
import type { PaneState } from '../state.ts';

/** What every renderer of content is given. */
export interface BodyProps {
  /** Its content is there: not deleted, not expired. */
  message: Message;
  state: PaneState;
  /** Time and ticks, to be put at the end of what is shown. */
  meta: ComponentChildren;
}
