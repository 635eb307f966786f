import type { Preview } from '../../../../sdk/index.ts';
import { drawnSmall } from '../../../host/small-picture.ts';

const VIDEO = /^video\//;
/** Where a picture of it is taken, seconds: what begins black has begun by then. */
const AT = 1;
/** What has not been drawn by then is sent without, milliseconds. */
const MOST_MS = 5_000;

/** What is known of a video before it is sent: its size, its length, and a picture of it. null: it is none that this browser plays. */
export async function posterOf(file: Blob): Promise<Preview | null> {
  if (!VIDEO.test(file.type)) return null;
  const url = URL.createObjectURL(file);
  const video = document.createElement('video');
  video.muted = true;
  video.preload = 'auto';
  const signal = AbortSignal.timeout(MOST_MS);
  try {
    video.src = url;
    await happens(video, 'loadeddata', signal);
    const { videoWidth: width, videoHeight: height, duration } = video;
    if (width === 0 || height === 0) return null;
    const durationMs = Number.isFinite(duration) ? { durationMs: Math.round(duration * 1_000) } : {};
    video.currentTime = Number.isFinite(duration) ? Math.min(AT, duration / 2) : 0;
    await happens(video, 'seeked', signal);
    return { ...(await drawnSmall(video, { width, height })), ...durationMs };
  } catch {
    return null;
  } finally {
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(url);
  }
}

function happens(video: HTMLVideoElement, what: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = () => reject(new Error('it cannot be played'));
    video.addEventListener(what, () => resolve(), { once: true, signal });
    video.addEventListener('error', failed, { once: true, signal });
    signal.addEventListener('abort', failed, { once: true });
  });
}
