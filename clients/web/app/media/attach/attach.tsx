import { useRef, useState } from 'preact/hooks';
import { t } from '../../../i18n/t.ts';
import { IconButton } from '../../../ui/button.tsx';
import { Menu } from '../../../ui/menu.tsx';
import type { PaneState } from '../../conversation/state.ts';
import styles from './attach.module.css';
import { chosen } from './chosen.ts';

const SEEN = 'image/*,video/*';

/** What puts files beside the text: a button with what there is to choose from. */
export function Attach({ state }: { state: PaneState }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const hasCamera = matchMedia('(pointer: coarse)').matches;

  /** One field for all of them: what it takes is said just before it opens. */
  function choose(accept: string, camera: boolean): void {
    const input = field.current!;
    input.accept = accept;
    input.multiple = !camera;
    if (camera) input.setAttribute('capture', 'environment');
    else input.removeAttribute('capture');
    input.click();
  }

  return (
    <div ref={button} class={styles.attach}>
      <IconButton
        icon="attach"
        label={t('media.attach')}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      />
      <input
        ref={field}
        type="file"
        class={styles.hidden}
        tabIndex={-1}
        aria-hidden="true"
        aria-label={t('media.attach')}
        onChange={(event) => {
          chosen(state, [...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
      {open && (
        <Menu
          label={t('media.attachMenu')}
          groups={[
            [
              { label: t('media.choosePhotos'), icon: 'image', onChoose: () => choose(SEEN, false) },
              ...(hasCamera
                ? [
                    {
                      label: t('media.takePhoto'),
                      icon: 'camera' as const,
                      onChoose: () => choose('image/*', true),
                    },
                  ]
                : []),
              { label: t('media.chooseFiles'), icon: 'file', onChoose: () => choose('', false) },
            ],
          ]}
          at={button}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  );
}
