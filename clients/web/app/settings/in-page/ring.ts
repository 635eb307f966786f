/** Two notes, as of a shorebird: Hz, and when each begins, seconds. */
const NOTES = [
  [1_318, 0],
  [1_760, 0.09],
] as const;
const LASTS_S = 0.22;
const LOUDNESS = 0.08;

let context: AudioContext | null = null;

/** A short sound. Silent where the browser wants to have been touched first. */
export function ring(): void {
  try {
    context ??= new AudioContext();
    if (context.state === 'suspended') void context.resume().catch(() => {});
    const now = context.currentTime;
    for (const [pitch, after] of NOTES) {
      const tone = context.createOscillator();
      const loudness = context.createGain();
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(LOUDNESS, now + after);
      loudness.gain.exponentialRampToValueAtTime(0.000_1, now + after + LASTS_S);
      tone.connect(loudness).connect(context.destination);
      tone.start(now + after);
      tone.stop(now + after + LASTS_S);
    }
  } catch {
    // No sound on this device.
  }
}
