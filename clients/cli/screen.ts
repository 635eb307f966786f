import { emitKeypressEvents, type Key } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import type { App } from './app.ts';
import type { Chat } from './chats.ts';
import { run } from './commands.ts';
import { render } from './render.ts';

const TYPING_EVERY_MS = 3_000;

/** The full-screen client: draws the app, takes the keys. Resolves when the user leaves. */
export function openScreen(app: App, input: ReadStream, output: WriteStream): Promise<void> {
  let typed = '';
  let caret = 0;
  /** Lines scrolled up from the newest. */
  let scroll = 0;
  let drawing = false;
  let lastTyping = 0;

  const draw = () => {
    if (drawing) return;
    drawing = true;
    // Many events in one tick are one picture.
    setImmediate(() => {
      drawing = false;
      const picture = render(app, {
        columns: output.columns ?? 80,
        rows: output.rows ?? 24,
        scroll,
        typed,
        caret,
      });
      scroll = picture.scroll;
      output.write(picture.text);
    });
  };

  const nextChat = async (step: 1 | -1) => {
    const chats: Chat[] = app.chats.sorted;
    if (chats.length === 0) return;
    const at = app.open === null ? -1 : chats.indexOf(app.open);
    scroll = 0;
    await app.show(chats[(at + step + chats.length) % chats.length]!);
  };

  const up = async (lines: number) => {
    scroll += lines;
    draw();
    // At the top of what is here: fetch the page before it.
    const wanted = scroll;
    const reached = render(app, {
      columns: output.columns ?? 80,
      rows: output.rows ?? 24,
      scroll: wanted,
      typed,
      caret,
    }).scroll;
    if (reached < wanted && app.open !== null && (await app.older(app.open))) scroll = wanted;
    draw();
  };

  return new Promise((resolve) => {
    const leave = () => {
      clearInterval(clock);
      input.off('keypress', press);
      input.setRawMode(false);
      input.pause();
      output.write('\u001b[?1049l\u001b[?25h');
      resolve();
    };

    const enter = () => {
      const text = typed;
      typed = '';
      caret = 0;
      scroll = 0;
      if (text.trim() === '/quit') return leave();
      void run(app, text).then(draw);
    };

    const press = (character: string | undefined, key: Key) => {
      if (key.ctrl && (key.name === 'c' || key.name === 'd')) return leave();
      switch (key.name) {
        case 'return':
        case 'enter':
          return enter();
        case 'backspace':
          if (caret > 0) {
            typed = typed.slice(0, caret - 1) + typed.slice(caret);
            caret--;
          }
          break;
        case 'delete':
          typed = typed.slice(0, caret) + typed.slice(caret + 1);
          break;
        case 'left':
          caret = Math.max(0, caret - 1);
          break;
        case 'right':
          caret = Math.min(typed.length, caret + 1);
          break;
        case 'home':
          caret = 0;
          break;
        case 'end':
          caret = typed.length;
          break;
        case 'pageup':
          return void up(Math.max(1, (output.rows ?? 24) - 6));
        case 'pagedown':
          scroll = Math.max(0, scroll - ((output.rows ?? 24) - 6));
          break;
        case 'up':
          return void up(1);
        case 'down':
          scroll = Math.max(0, scroll - 1);
          break;
        case 'tab':
          return void nextChat(key.shift ? -1 : 1);
        case 'escape':
          app.notes = [];
          break;
        default:
          if (character !== undefined && character >= ' ' && !key.ctrl && !key.meta) {
            typed = typed.slice(0, caret) + character + typed.slice(caret);
            caret += character.length;
            if (app.open !== null && !typed.startsWith('/') && Date.now() - lastTyping > TYPING_EVERY_MS) {
              lastTyping = Date.now();
              app.client.typing(app.open.id, true);
            }
          }
      }
      draw();
    };

    emitKeypressEvents(input);
    input.setRawMode(true);
    input.resume();
    input.on('keypress', press);
    output.on('resize', draw);
    app.onChange = draw;
    // "is typing" goes away by itself.
    const clock = setInterval(draw, 2_000);
    output.write('\u001b[?1049h');
    draw();
  });
}
