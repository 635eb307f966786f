import { useRef, useState } from 'preact/hooks';
import { t } from '../../../i18n/t.ts';
import { Icon } from '../../../ui/icon.tsx';
import type { PaneState } from '../../conversation/state.ts';
import styles from './attach.module.css';
import { chosen } from './chosen.ts';

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;

/** Files that are dragged over a conversation, or pasted into it. */
export function useDrop(state: PaneState) {
  const [over, setOver] = useState(false);
  /** Entering a child comes before leaving its parent. */
  const depth = useRef(0);
  const may = () => state.canWrite && state.over.peek() === null;
  const left = () => {
    depth.current = 0;
    setOver(false);
  };
  return {
    overlay: over && (
      <div class={styles.drop}>
        <Icon name="attach" size={40} />
        <strong>{t('media.drop')}</strong>
      </div>
    ),
    handlers: {
      onDragEnter(event: DragEvent) {
        if (!hasFiles(event) || !may()) return;
        event.preventDefault();
        depth.current++;
        setOver(true);
      },
      onDragOver(event: DragEvent) {
        if (!hasFiles(event)) return;
        // Also where they are not taken: the browser would open them in place of the app.
        event.preventDefault();
        event.dataTransfer!.dropEffect = may() ? 'copy' : 'none';
      },
      onDragLeave(event: DragEvent) {
        if (hasFiles(event) && --depth.current <= 0) left();
      },
      onDrop(event: DragEvent) {
        if (!hasFiles(event)) return;
        event.preventDefault();
        left();
        if (may()) chosen(state, [...event.dataTransfer!.files]);
      },
      onPaste(event: ClipboardEvent) {
        const files = [...(event.clipboardData?.files ?? [])];
        // Tables and pages come as a picture of themselves as well: what was written is meant.
        if (files.length === 0 || event.clipboardData!.types.includes('text/plain') || !may()) return;
        event.preventDefault();
        chosen(state, files);
      },
    },
  };
}
