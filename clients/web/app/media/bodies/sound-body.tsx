import { useEffect, useState } from 'preact/hooks';
import { t } from '../../../i18n/t.ts';
import { IconButton } from '../../../ui/button.tsx';
import { clockTime } from '../clock-time.ts';
import { nameOfFile, shownAs } from '../content.ts';
import styles from '../media.module.css';
import { pause, play, playing, RATES, rate, seek, setRate } from '../player.ts';
import { UploadRing } from '../upload-ring.tsx';
import { useSource } from '../use-source.ts';
import { Broken } from './broken.tsx';
import { Caption, type MediaBodyProps } from './caption.tsx';

/** Loudest that a waveform says. */
const LOUDEST = 31;
const STEP_MS = 100;

/** A voice, or music: played here, one at a time. */
export function SoundBody(props: MediaBodyProps) {
  const { message, media, state } = props;
  const source = useSource(state.chat, message, media);
  const now = playing.value?.key === message.key ? playing.value : null;
  const whole = now?.whole ?? media.duration_ms ?? 0;
  const at = Math.min(now?.at ?? 0, whole);
  const plays = now !== null && !now.paused;
  const bars = media.waveform ?? null;
  const [starts, setStarts] = useState(false);
  const start = (from: number | null) => {
    if (source.url !== null) return play(message.key, source.url, from, source.broken);
    setStarts(true);
    source.load();
  };
  // One that is encrypted is fetched when it is wanted.
  const mayLoad = media.encrypted !== undefined && media.media !== '' && !source.coming;
  useEffect(() => {
    if (!starts || source.coming) return;
    if (source.url === null && source.failed === null) return;
    setStarts(false);
    if (source.url !== null) play(message.key, source.url, null, source.broken);
  }, [starts, source.url, source.failed, source.coming]);
  return (
    <>
      <div class={styles.sound} data-sound={plays ? 'plays' : 'rests'}>
        <IconButton
          icon={plays ? 'pause' : 'play'}
          kind="primary"
          size={20}
          label={t(plays ? 'media.pausePlaying' : 'media.play')}
          disabled={source.url === null && !mayLoad}
          aria-busy={starts && source.coming}
          onClick={(event) => {
            event.stopPropagation();
            if (plays) pause();
            else start(null);
          }}
        />
        <div class={styles.lane}>
          {shownAs(media) === 'audio' && <bdi class={styles.name}>{nameOfFile(media)}</bdi>}
          <div class={styles.scrub}>
            {bars === null ? (
              <span class={styles.bar} aria-hidden="true">
                <span style={{ inlineSize: whole === 0 ? '0' : `${(at / whole) * 100}%` }} />
              </span>
            ) : (
              <span class={styles.wave} aria-hidden="true">
                {bars.map((loud, index) => (
                  <span
                    key={index}
                    class={whole > 0 && index / bars.length < at / whole ? styles.heard : undefined}
                    style={{ blockSize: `${12 + (Math.min(loud, LOUDEST) / LOUDEST) * 88}%` }}
                  />
                ))}
              </span>
            )}
            <input
              type="range"
              min={0}
              max={Math.max(whole, STEP_MS)}
              step={STEP_MS}
              value={at}
              disabled={source.url === null || whole === 0}
              aria-label={t('media.position')}
              aria-valuetext={t('media.positionOf', { time: clockTime(at), whole: clockTime(whole) })}
              onInput={(event) => {
                const to = Number(event.currentTarget.value);
                if (now === null) start(to);
                else seek(message.key, to);
              }}
            />
          </div>
          <span class={styles.times}>
            <span>{clockTime(now === null ? whole : at)}</span>
            {now !== null && (
              <button
                type="button"
                class={styles.rate}
                aria-label={t('media.speed', { rate: rate.value })}
                onClick={(event) => {
                  event.stopPropagation();
                  setRate(RATES[(RATES.indexOf(rate.value as 1) + 1) % RATES.length]!);
                }}
              >
                {rate.value}×
              </button>
            )}
          </span>
        </div>
      </div>
      {source.failed && <Broken why={source.failed} onAgain={source.again} />}
      <UploadRing chat={state.chat} message={message} name={nameOfFile(media)} />
      <Caption {...props} />
    </>
  );
}
