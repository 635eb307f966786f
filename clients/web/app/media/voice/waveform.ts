/** What a message has of it: so many bars, from 0 to this. */
export const BARS = 48;
export const LOUDEST = 31;
/** What is quieter than this is silence, of 1. */
const SILENCE = 0.01;

/** Levels of a recording, of 1, as a message has them: the loudest of each part, in relation to the loudest of all. */
export function waveformOf(levels: readonly number[]): number[] {
  if (levels.length === 0) return [0];
  const bars = Math.min(BARS, levels.length);
  const peaks = Array.from({ length: bars }, (_, at) => {
    const from = Math.floor((at * levels.length) / bars);
    const to = Math.max(from + 1, Math.floor(((at + 1) * levels.length) / bars));
    return Math.max(...levels.slice(from, to));
  });
  const most = Math.max(...peaks);
  if (most < SILENCE) return peaks.map(() => 0);
  return peaks.map((peak) => Math.round(Math.min(1, Math.max(0, peak / most)) * LOUDEST));
}

/** How loud a moment is, of 1: root mean square of its samples, which are from -1 to 1. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.min(1, Math.sqrt(sum / Math.max(1, samples.length)));
}
