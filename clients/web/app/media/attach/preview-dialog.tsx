import { useEffect, useId, useState } from 'preact/hooks';
import { t } from '../../../i18n/t.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { failed } from '../../conversation/actions/actions.ts';
import type { PaneState } from '../../conversation/state.ts';
import styles from './attach.module.css';
import { canBeSmaller, isPicture, measure } from './pictures.ts';
import { type Chosen, PreviewRow } from './preview-row.tsx';
import { sendFiles } from './send-files.ts';

/** What is about to be sent: in which order, and what is said with it. */
export function PreviewDialog(props: { state: PaneState; files: readonly File[]; onClose(): void }) {
  const { state, onClose } = props;
  const [files, setFiles] = useState<readonly Chosen[]>([]);
  const [caption, setCaption] = useState('');
  const [large, setLarge] = useState(false);
  const [makeSmaller, setMakeSmaller] = useState(true);
  const [busy, setBusy] = useState(false);
  const field = useId();

  useEffect(() => {
    const all = props.files.map((file, id) => ({
      id,
      file,
      url: isPicture(file) ? URL.createObjectURL(file) : null,
    }));
    setFiles(all);
    void Promise.all(props.files.map(async (file) => canBeSmaller(file, await measure(file)))).then((may) =>
      setLarge(may.includes(true)),
    );
    return () => {
      for (const { url } of all) if (url !== null) URL.revokeObjectURL(url);
    };
  }, []);

  function move(at: number, by: number): void {
    const next = [...files];
    const [one] = next.splice(at, 1);
    next.splice(at + by, 0, one!);
    setFiles(next);
  }

  async function send(): Promise<void> {
    if (files.length === 0 || busy) return;
    setBusy(true);
    try {
      await sendFiles(
        state,
        files.map(({ file }) => file),
        { caption, makeSmaller: large && makeSmaller },
      );
      onClose();
      state.toComposer.value++;
    } catch (error) {
      setBusy(false);
      failed(error);
    }
  }

  return (
    <Dialog
      title={t('media.previewTitle', { count: Math.max(1, files.length) })}
      onClose={onClose}
      shape="sheet"
      actions={
        <>
          <Button kind="plain" onClick={onClose}>
            {t('media.cancel')}
          </Button>
          <Button kind="primary" icon="send" busy={busy} onClick={() => void send()}>
            {t('media.send')}
          </Button>
        </>
      }
    >
      <ul class={styles.files} aria-label={t('media.previewList')}>
        {files.map((chosen, at) => (
          <PreviewRow
            key={chosen.id}
            chosen={chosen}
            alone={files.length === 1}
            first={at === 0}
            last={at === files.length - 1}
            onMove={(by) => move(at, by)}
            onRemove={() => setFiles(files.filter((one) => one !== chosen))}
          />
        ))}
      </ul>
      {large && (
        <Switch
          label={t('media.smaller')}
          hint={t('media.smallerHint')}
          checked={makeSmaller}
          onChange={setMakeSmaller}
        />
      )}
      <label for={field}>{t('media.caption')}</label>
      <textarea
        id={field}
        class={styles.caption}
        rows={1}
        dir="auto"
        value={caption}
        autofocus
        onInput={(event) => setCaption(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          void send();
        }}
      />
    </Dialog>
  );
}
