import { writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';

/** The other screen; no wrapping at its edge; pastes and the focus are told. */
const ENTER = '\u001b[?1049h\u001b[?7l\u001b[?2004h\u001b[?1004h\u001b[2J';
const LEAVE = '\u001b[?2026l\u001b[?1004l\u001b[?2004l\u001b[?7h\u001b[0m\u001b[?25h\u001b[?1049l';
const ENDS = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;

/** The terminal as this program needs it, and as it was again when it ends, however it ends. */
export class Terminal {
  readonly input: ReadStream;
  readonly output: WriteStream;
  #taken = false;
  readonly #restore = () => this.#give();
  readonly #resumed = () => {
    this.#take();
    this.onResume();
  };
  readonly #ended: () => void;
  /** It is ours again, and what was on it is not. */
  onResume: () => void = () => {};

  /** `onEnd`: the system wants this program to end. */
  constructor(input: ReadStream, output: WriteStream, onEnd: () => void) {
    this.input = input;
    this.output = output;
    this.#ended = onEnd;
  }

  open(): void {
    process.on('exit', this.#restore);
    // Before the reason is written: it would be on the screen that goes.
    process.on('uncaughtExceptionMonitor', this.#restore);
    process.on('SIGCONT', this.#resumed);
    for (const signal of ENDS) process.on(signal, this.#ended);
    this.input.on('end', this.#ended);
    this.#take();
  }

  close(): void {
    process.off('exit', this.#restore);
    process.off('uncaughtExceptionMonitor', this.#restore);
    process.off('SIGCONT', this.#resumed);
    for (const signal of ENDS) process.off(signal, this.#ended);
    this.input.off('end', this.#ended);
    this.#give();
    this.input.pause();
  }

  /** Into the background, as Ctrl-Z does for programs that do not read keys. */
  suspend(): void {
    this.#give();
    process.kill(process.pid, 'SIGTSTP');
  }

  write(text: string): void {
    if (this.#taken && text !== '') this.output.write(text);
  }

  #take(): void {
    if (this.#taken) return;
    this.#taken = true;
    this.input.setRawMode(true);
    this.input.resume();
    this.output.write(ENTER);
  }

  /** At once, without waiting for anything: also from the end of a process that fails. */
  #give(): void {
    if (!this.#taken) return;
    this.#taken = false;
    try {
      writeSync((this.output as WriteStream & { fd: number }).fd, LEAVE);
      this.input.setRawMode(false);
    } catch {
      // The terminal itself is gone.
    }
  }
}
