import { emitKeypressEvents, type Interface, type Key } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import type { StoredEntry } from '../../sdk/index.ts';
import type { App } from '../app.ts';
import { printable } from '../text/printable.ts';
import { wrap } from '../text/wrap.ts';
import { actions } from './actions.ts';
import type { Composer } from './composer.ts';
import { frameOf } from './frame.ts';
import { actionOf, keyName, type Place } from './keymap.ts';
import { Painter } from './painter.ts';
import { TextPanel } from './panels/panel.ts';
import { type Line, span } from './spans.ts';
import { Terminal } from './terminal.ts';
import { Ui } from './ui.ts';

/** The least time between two pictures, milliseconds: many events are one picture. */
const FRAME_MS = 16;
/** How long after Escape more of the same key may come, milliseconds: a key's sequence comes at once. */
const ESCAPE_MS = 50;
/** Answers of more lines than this are a panel to scroll in. */
const MOST_NOTED = 8;
/** As terminals tell it: the window is looked at, or not. */
const FOCUSED = '\u001b[I';
const UNFOCUSED = '\u001b[O';

export interface ScreenOptions {
  bell: boolean;
  colors: boolean;
}

/** The full-screen client. Resolves when the user leaves, with the terminal as it was. */
export async function openScreen(
  app: App,
  input: ReadStream,
  output: WriteStream,
  options: ScreenOptions,
): Promise<void> {
  const left = Promise.withResolvers<void>();
  const terminal = new Terminal(input, output, () => left.resolve());
  const screen = new Screen(app, terminal, options, () => left.resolve());
  screen.open();
  try {
    await left.promise;
    await screen.ui.keepDraft();
  } finally {
    screen.close();
  }
}

class Screen {
  readonly ui: Ui;
  readonly #app: App;
  readonly #terminal: Terminal;
  readonly #painter: Painter;
  readonly #bell: boolean;
  readonly #leave: () => void;
  #planned: ReturnType<typeof setTimeout> | null = null;
  #pasting: string | null = null;
  /** One key after the other: what one does is done before the next. */
  #keys: Promise<unknown> = Promise.resolve();
  #told: readonly string[] = [];

  constructor(app: App, terminal: Terminal, { bell, colors }: ScreenOptions, leave: () => void) {
    this.#app = app;
    this.#terminal = terminal;
    this.#painter = new Painter(colors);
    this.#bell = bell;
    this.#leave = leave;
    this.ui = new Ui(app, colors);
  }

  open(): void {
    const { input, output } = this.#terminal;
    emitKeypressEvents(input, { escapeCodeTimeout: ESCAPE_MS } as unknown as Interface);
    this.#terminal.onResume = () => this.#redraw();
    this.#terminal.open();
    input.on('keypress', this.#press);
    output.on('resize', this.#plan);
    this.#app.onChange = this.#plan;
    this.#app.onQuit = this.#leave;
    this.#app.onArrived = (entry) => this.#arrived(entry);
    this.#plan();
  }

  close(): void {
    const { input, output } = this.#terminal;
    this.#app.onChange = () => {};
    this.#app.onArrived = () => {};
    if (this.#planned !== null) clearTimeout(this.#planned);
    input.off('keypress', this.#press);
    output.off('resize', this.#plan);
    this.#terminal.close();
  }

  readonly #plan = (): void => {
    this.#planned ??= setTimeout(() => {
      this.#planned = null;
      this.#draw();
    }, FRAME_MS);
  };

  #draw(): void {
    const { output } = this.#terminal;
    this.#longAnswer();
    this.#terminal.write(this.#painter.paint(frameOf(this.ui, output.columns || 80, output.rows || 24)));
  }

  #redraw(): void {
    this.#painter.forget();
    this.#plan();
  }

  #longAnswer(): void {
    const { notes } = this.#app;
    if (notes === this.#told || notes.length <= MOST_NOTED) return;
    this.#told = notes;
    this.#app.notes = [];
    this.ui.panel = new TextPanel('Answer', (width) =>
      notes.flatMap((note) => wrap(printable(note), width - 1)).map((row): Line => [span(` ${row}`)]),
    );
  }

  #arrived(entry: StoredEntry): void {
    const away = !this.#app.watched || entry.conversation !== this.#app.open?.conversation?.id;
    if (this.#bell && away && entry.type === 'message' && entry.sender !== this.#app.me)
      this.#terminal.write('\u0007');
  }

  readonly #press = (character: string | undefined, key: Key): void => {
    if (key.sequence === FOCUSED || key.sequence === UNFOCUSED) {
      this.#app.watched = key.sequence === FOCUSED;
      this.ui.later(this.#app.markRead());
      return;
    }
    if (key.name === 'paste-start') {
      this.#pasting = '';
      return;
    }
    if (key.name === 'paste-end') {
      const pasted = this.#pasting ?? '';
      this.#pasting = null;
      this.#after(() => this.#insert(pasted));
      return;
    }
    if (this.#pasting !== null) {
      this.#pasting += key.name === 'return' || key.name === 'enter' ? '\n' : (character ?? '');
      return;
    }
    const name = keyName(character, key);
    if (name === 'ctrl-c') return this.#leave();
    if (name === 'ctrl-z') return this.#terminal.suspend();
    if (name === 'ctrl-l') return this.#redraw();
    this.#after(() => this.#take(name, character, key));
  };

  #after(task: () => unknown): void {
    this.#keys = this.#keys.then(() => {
      const doing = task();
      // What asks the server is not waited for by the keys behind it.
      if (doing instanceof Promise) this.ui.later(doing);
      this.#plan();
    });
  }

  #take(name: string, character: string | undefined, key: Key): unknown {
    const { ui } = this;
    if (ui.question !== null) {
      const { yes } = ui.question;
      ui.question = null;
      return name === 'y' ? yes() : undefined;
    }
    const place: Place = ui.panel !== null ? 'panel' : ui.focus;
    const action = actionOf(name, place);
    if (action !== null && action in actions) return actions[action as keyof typeof actions](ui, name);
    const input = ui.panel === null ? ui.composer : ui.panel.input;
    if (input === null) return;
    if (ui.panel !== null && edits(input, name)) return ui.panel.typed();
    if (character === undefined || character < ' ' || character === '\u007f' || key.ctrl || key.meta) return;
    // Letters that mean nothing to the messages are not written into the composer unseen.
    if (ui.panel === null && ui.focus === 'messages') return;
    this.#insert(character);
  }

  #insert(text: string): void {
    const { ui } = this;
    if (ui.panel !== null) {
      ui.panel.input?.insert(text.replaceAll('\n', ' '));
      ui.panel.typed();
      return;
    }
    ui.focus = 'composer';
    ui.messages.selected = null;
    ui.composer.insert(text);
    ui.edited();
  }
}

/** Keys of a line that is typed in a panel. False: none of them. */
function edits(input: Composer, name: string): boolean {
  switch (name) {
    case 'backspace':
      input.backspace();
      return true;
    case 'delete':
      input.delete();
      return true;
    case 'left':
      input.left();
      return true;
    case 'right':
      input.right();
      return true;
    case 'ctrl-w':
      input.deleteWord();
      return true;
    case 'ctrl-u':
      input.deleteLine();
      return true;
    default:
      return false;
  }
}
