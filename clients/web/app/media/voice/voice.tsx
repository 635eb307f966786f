import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../../i18n/t.ts';
import { IconButton } from '../../../ui/button.tsx';
import { toast } from '../../../ui/toasts.ts';
import { failed } from '../../conversation/actions/actions.ts';
import type { PaneState } from '../../conversation/state.ts';
import { sendFile } from '../attach/send-files.ts';
import { stopPlaying } from '../player.ts';
import { Recording } from './recorder.ts';
import { RecordingBar } from './recording-bar.tsx';
import styles from './voice.module.css';

/** A press that is longer records as long as it lasts, milliseconds; a shorter one until it is sent. */
const HOLD_MS = 500;
/** Drawn so far away it is discarded, pixels. */
const AWAY = 90;
/** What is shorter was not meant, milliseconds. */
const LEAST_MS = 600;

/** Records what one says: a press begins it; held, it is sent when it is let go. */
export function Voice({ state }: { state: PaneState }) {
  const [recording, setRecording] = useState<Recording | null>(null);
  const [held, setHeld] = useState(false);
  const now = useRef<Recording | null>(null);
  const press = useRef<{ x: number; y: number; at: number } | null>(null);
  /** Between the press and the microphone, which may have to be allowed first. */
  const asking = useRef(false);

  const shown = (next: Recording | null) => {
    now.current = next;
    setRecording(next);
    if (next === null) setHeld(false);
  };
  useEffect(() => () => now.current?.discard(), []);

  async function begin(): Promise<void> {
    if (now.current !== null || asking.current) return;
    asking.current = true;
    stopPlaying();
    try {
      shown(await Recording.begin(() => void send()));
    } catch (error) {
      const denied = (error as DOMException).name === 'NotAllowedError';
      toast(t(denied ? 'media.microphoneDenied' : 'media.noMicrophone'), { kind: 'error' });
    } finally {
      asking.current = false;
    }
  }

  function discard(): void {
    now.current?.discard();
    shown(null);
  }

  async function send(): Promise<void> {
    const current = now.current;
    if (current === null) return;
    const recorded = await current.end();
    shown(null);
    state.toComposer.value++;
    if (recorded === null || recorded.durationMs < LEAST_MS) return;
    const { file, durationMs, waveform } = recorded;
    const answering = state.answering.peek();
    const replyTo = answering?.kind === 'reply' ? answering.message.seq : null;
    if (answering?.kind === 'reply') state.answering.value = null;
    await sendFile(state, file, { kind: 'voice', durationMs, waveform }, replyTo)
      .then(() => state.goToNewest().catch(() => {}))
      .catch(failed);
  }

  return (
    <>
      <span class={styles.press}>
        <IconButton
          icon="microphone"
          kind="primary"
          label={t('media.record')}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            press.current = { x: event.clientX, y: event.clientY, at: performance.now() };
            setHeld(true);
            void begin();
          }}
          onPointerUp={(event) => {
            const { current } = press;
            press.current = null;
            setHeld(false);
            if (current === null || now.current === null || performance.now() - current.at < HOLD_MS) return;
            if (Math.hypot(event.clientX - current.x, event.clientY - current.y) > AWAY) discard();
            else void send();
          }}
          onPointerCancel={() => {
            press.current = null;
            setHeld(false);
          }}
          onContextMenu={(event) => event.preventDefault()}
          // By keys there is no pointer; one that has just been let go has done its work.
          onClick={(event) => {
            if (event.detail === 0) void begin();
          }}
        />
      </span>
      {recording !== null && (
        <RecordingBar
          recording={recording}
          held={held}
          onSend={() => void send()}
          onDiscard={() => {
            discard();
            state.toComposer.value++;
          }}
        />
      )}
    </>
  );
}
