import { type ReadonlySignal, signal } from '@preact/signals';
import { levelOf, waveformOf } from './waveform.ts';

export interface Recorded {
  file: Blob;
  durationMs: number;
  waveform: number[];
}

/** The best that each browser makes and others play. */
const TYPES = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];
const LEVEL_EVERY_MS = 60;
/** What is longer is sent as it is by then. */
export const LONGEST_MS = 15 * 60_000;
const BITS_PER_SECOND = 32_000;

export const canRecord = (): boolean =>
  'MediaRecorder' in globalThis &&
  navigator.mediaDevices !== undefined &&
  TYPES.some((type) => MediaRecorder.isTypeSupported(type));

/** One recording of the microphone. */
export class Recording {
  readonly #stream: MediaStream;
  readonly #recorder: MediaRecorder;
  readonly #context: AudioContext;
  readonly #parts: Blob[] = [];
  readonly #levels: number[] = [];
  readonly #level = signal(0);
  readonly #time = signal(0);
  readonly #begun = performance.now();
  readonly #timer: ReturnType<typeof setInterval>;
  #ended = false;

  /** @throws {DOMException} NotAllowedError, NotFoundError, NotReadableError */
  static async begin(onLongest: () => void): Promise<Recording> {
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
    return new Recording(await navigator.mediaDevices.getUserMedia({ audio }), onLongest);
  }

  constructor(stream: MediaStream, onLongest: () => void) {
    this.#stream = stream;
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type))!;
    this.#recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS_PER_SECOND });
    this.#recorder.ondataavailable = ({ data }) => this.#parts.push(data);
    this.#context = new AudioContext();
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = 1_024;
    this.#context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const level = levelOf(samples);
      this.#levels.push(level);
      this.#level.value = level;
      this.#time.value = performance.now() - this.#begun;
      if (this.#time.peek() >= LONGEST_MS) onLongest();
    }, LEVEL_EVERY_MS);
    this.#recorder.start(1_000);
  }

  /** How loud it is now, of 1. */
  get level(): ReadonlySignal<number> {
    return this.#level;
  }
  /** So far, milliseconds. */
  get time(): ReadonlySignal<number> {
    return this.#time;
  }

  /** Ends it; the microphone is free again. null: it had ended, or there is nothing in it. */
  async end(): Promise<Recorded | null> {
    if (this.#ended) return null;
    this.#ended = true;
    const durationMs = Math.round(performance.now() - this.#begun);
    const stopped = new Promise((resolve) => {
      this.#recorder.onstop = resolve;
    });
    if (this.#recorder.state === 'inactive') return this.#free();
    this.#recorder.stop();
    await stopped;
    this.#free();
    const file = new Blob(this.#parts, { type: this.#recorder.mimeType.split(';')[0]! });
    return file.size === 0 ? null : { file, durationMs, waveform: waveformOf(this.#levels) };
  }

  /** Nothing of it stays. */
  discard(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#recorder.state !== 'inactive') this.#recorder.stop();
    this.#free();
  }

  #free(): null {
    clearInterval(this.#timer);
    for (const track of this.#stream.getTracks()) track.stop();
    void this.#context.close().catch(() => {});
    return null;
  }
}
