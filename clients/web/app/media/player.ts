import { signal } from '@preact/signals';

/** The sound that plays, of all; it goes on when its message is scrolled away. */
export interface Playing {
  /** Of the message. */
  key: string;
  paused: boolean;
  /** Milliseconds. */
  at: number;
  /** null: it does not say. */
  whole: number | null;
}

export const playing = signal<Playing | null>(null);
/** As the last one was listened to. */
export const rate = signal(1);
export const RATES = [1, 1.5, 2] as const;

let sound: HTMLAudioElement | null = null;
let shown: HTMLMediaElement | null = null;
let failed: () => void = () => {};

/** A video begins: what plays elsewhere stops. */
export function onlyThis(element: HTMLMediaElement): void {
  if (shown !== element) shown?.pause();
  shown = element;
  sound?.pause();
}

/** Plays a sound, from where it was left or from `at`, milliseconds. What plays elsewhere stops. */
export function play(key: string, url: string, at: number | null, onFailed: () => void): void {
  shown?.pause();
  const audio = audioElement();
  if (playing.peek()?.key !== key) {
    playing.value = { key, paused: true, at: at ?? 0, whole: null };
    audio.src = url;
  }
  failed = onFailed;
  audio.playbackRate = rate.peek();
  if (at !== null) audio.currentTime = at / 1_000;
  audio.play().catch(() => {
    if (playing.peek()?.key === key) playing.value = { ...playing.peek()!, paused: true };
  });
}

export const pause = (): void => sound?.pause();

/** To another place of what plays, milliseconds. */
export function seek(key: string, at: number): void {
  const now = playing.peek();
  if (now?.key !== key || sound === null) return;
  sound.currentTime = at / 1_000;
  playing.value = { ...now, at };
}

export function setRate(next: number): void {
  rate.value = next;
  if (sound !== null) sound.playbackRate = next;
}

/** Nothing of it is shown any more. */
export function stopPlaying(): void {
  sound?.pause();
  shown?.pause();
  shown = null;
  playing.value = null;
  sound?.removeAttribute('src');
}

function audioElement(): HTMLAudioElement {
  if (sound !== null) return sound;
  const audio = new Audio();
  audio.preload = 'auto';
  const told = (what: Partial<Playing>) => {
    const now = playing.peek();
    if (now !== null) playing.value = { ...now, ...what };
  };
  audio.addEventListener('play', () => told({ paused: false }));
  audio.addEventListener('pause', () => told({ paused: true }));
  audio.addEventListener('timeupdate', () => told({ at: audio.currentTime * 1_000 }));
  audio.addEventListener('durationchange', () => {
    // What was recorded in a browser says that it has no end.
    if (Number.isFinite(audio.duration)) told({ whole: audio.duration * 1_000 });
  });
  audio.addEventListener('ended', () => told({ paused: true, at: 0 }));
  audio.addEventListener('error', () => {
    if (!audio.hasAttribute('src')) return;
    playing.value = null;
    failed();
  });
  sound = audio;
  return audio;
}
