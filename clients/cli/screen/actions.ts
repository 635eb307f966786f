import type { Message } from '../../sdk/index.ts';
import { press } from '../choices.ts';
import { ask, outcome } from '../commands/command.ts';
import { completions } from '../commands/complete.ts';
import { run } from '../commands/index.ts';
import type { OpenChat } from '../open-chat.ts';
import { textOf } from '../text/said.ts';
import type { Action } from './keymap.ts';
import { helpPanel } from './panels/help-panel.ts';
import { infoPanel } from './panels/info-panel.ts';
import { PickerPanel } from './panels/picker-panel.ts';
import { SearchPanel } from './panels/search-panel.ts';
import type { Ui } from './ui.ts';

/** What only the terminal itself can do is done by the screen. */
type Outside = 'quit' | 'suspend' | 'redraw';
type Act = (ui: Ui, key: string) => unknown;

export const actions: Readonly<Record<Exclude<Action, Outside>, Act>> = {
  help: showHelp,
  messagesHelp: showHelp,
  listHelp: showHelp,
  search: (ui) => {
    ui.panel = new SearchPanel(ui.app, (message) => ui.goTo(message));
  },
  picker: (ui) => {
    ui.panel = new PickerPanel(ui.app, 'Jump to', (where) => ui.show(where));
  },
  nextConversation: (ui) => neighbour(ui, 1),
  previousConversation: (ui) => neighbour(ui, -1),
  nextPane: (ui) => {
    if (ui.panel !== null) return ui.panel.turn();
    if (ui.focus === 'composer' && complete(ui)) return;
    return pane(ui, 1);
  },
  previousPane: (ui) => (ui.panel === null ? pane(ui, -1) : ui.panel.turn()),
  pageUp: (ui) => page(ui, 1),
  pageDown: (ui) => page(ui, -1),
  back: (ui) => {
    if (ui.panel !== null) ui.panel = null;
    else if (ui.mode !== null) giveUpMode(ui);
    else if (ui.app.notes.length > 0) ui.app.notes = [];
    else if (ui.focus === 'list' || ui.messages.selected !== null) toComposer(ui);
    else return ui.app.open === null ? undefined : ui.messages.newest(ui.app.open);
  },

  send,
  newline: typing((ui) => ui.composer.insert('\n')),
  left: (ui) => ui.composer.left(),
  right: (ui) => ui.composer.right(),
  wordLeft: (ui) => ui.composer.wordLeft(),
  wordRight: (ui) => ui.composer.wordRight(),
  lineStart: (ui) => ui.composer.lineStart(),
  lineEnd: (ui) => {
    if (ui.composer.empty && ui.app.open !== null) return ui.messages.newest(ui.app.open);
    ui.composer.lineEnd();
  },
  backspace: typing((ui) => ui.composer.backspace()),
  deleteForward: typing((ui) => ui.composer.delete()),
  deleteWord: typing((ui) => ui.composer.deleteWord()),
  deleteLine: typing((ui) => ui.composer.deleteLine()),
  composerUp: async (ui) => {
    if (ui.composer.move(-1, composerWidth(ui)) || ui.app.open === null) return;
    if (await ui.messages.select(ui.app.open, -1)) ui.focus = 'messages';
  },
  composerDown: (ui) => void ui.composer.move(1, composerWidth(ui)),

  messageUp: inChat((ui, open) => ui.messages.select(open, -1)),
  messageDown: inChat(async (ui, open) => {
    if (!(await ui.messages.select(open, 1))) toComposer(ui);
  }),
  newest: inChat((ui, open) => {
    toComposer(ui);
    return ui.messages.newest(open);
  }),
  unread: inChat((ui, open) => ui.messages.jump(open, open.readBefore + 1)),
  reply: onMessage((ui, _, { seq }) => {
    ui.mode = { kind: 'reply', seq };
    toComposer(ui);
  }),
  edit: onMessage(async (ui, _, message) => {
    if (message.state === null) throw new Error('Only your own messages can be edited.');
    if (message.gone !== null) throw new Error('There is nothing left of this message.');
    await ui.keepDraft();
    ui.mode = { kind: 'edit', seq: message.seq };
    ui.composer.set(textOf(message));
    toComposer(ui);
  }),
  react: onMessage(async (ui, _, { seq }) => {
    await ui.keepDraft();
    ui.mode = { kind: 'react', seq };
    ui.composer.set('');
    toComposer(ui);
  }),
  quoted: onMessage((ui, open, { replyTo }) =>
    replyTo === null ? undefined : ui.messages.jump(open, replyTo),
  ),
  deleteMessage: onMessage((ui, open, { seq }) => {
    const id = open.conversation!.id;
    ui.question = {
      text: `Delete message #${seq} for everyone? y / n`,
      yes: () => outcome(ask(ui.app).messages.delete(id, seq)),
    };
  }),
  hideMessage: onMessage((ui, open, { seq }) => {
    const id = open.conversation!.id;
    ui.question = {
      text: `Delete message #${seq} for yourself? y / n`,
      yes: () => outcome(ask(ui.app).messages.hide(id, seq)),
    };
  }),
  forward: onMessage((ui, _, { content, forwarded }) => {
    if (content === null) throw new Error('There is nothing left of this message.');
    const to = async (where: Parameters<Ui['show']>[0]) => {
      await ui.app.say(content, { to: where, forwarded: forwarded + 1 });
      ui.app.note(`Forwarded to ${ui.app.title(where)}.`);
    };
    ui.panel = new PickerPanel(ui.app, 'Forward to', to, true);
  }),
  press: async (ui, key) => {
    const { open } = ui.app;
    const message = open === null ? null : selectedIn(ui, open);
    if (message?.seq != null) await press(ui.app, { ...message, seq: message.seq }, Number(key));
  },
  info: (ui) => {
    const { open } = ui.app;
    if (open !== null) ui.panel = infoPanel(ui.app, open, selectedIn(ui, open));
  },
  toList: (ui) => {
    ui.focus = 'list';
  },

  listUp: (ui) => moveInList(ui, -1),
  listDown: (ui) => moveInList(ui, 1),
  listFirst: (ui) => {
    ui.listAt = ui.app.conversations[0]?.id ?? null;
  },
  listLast: (ui) => {
    ui.listAt = ui.app.conversations.at(-1)?.id ?? null;
  },
  listOpen: openListed,
  listInfo: async (ui) => {
    await openListed(ui);
    if (ui.app.open !== null) ui.panel = infoPanel(ui.app, ui.app.open, null);
  },

  panelUp: (ui) => ui.panel?.move(-1),
  panelDown: (ui) => ui.panel?.move(1),
  panelChoose: async (ui) => {
    const { panel } = ui;
    if ((await panel?.choose()) && ui.panel === panel) ui.panel = null;
  },
};

/** The composer stands beside the list, but for a sign before each row. */
export const composerWidth = (ui: Ui): number => Math.max(4, ui.columns - 2);

function showHelp(ui: Ui): void {
  ui.panel = helpPanel();
}

function typing(change: (ui: Ui) => void): Act {
  return (ui) => {
    change(ui);
    ui.edited();
  };
}

function inChat(act: (ui: Ui, open: OpenChat) => unknown): Act {
  return async (ui) => {
    if (ui.app.open !== null) await act(ui, ui.app.open);
  };
}

type Numbered = Message & { seq: number };

function onMessage(act: (ui: Ui, open: OpenChat, message: Numbered) => unknown): Act {
  return inChat(async (ui, open) => {
    const message = selectedIn(ui, open);
    if (message === null) throw new Error('Select a message first: ↑ and ↓.');
    const { seq } = message;
    if (seq === null) throw new Error('This message is not on the server yet.');
    await act(ui, open, { ...message, seq });
  });
}

function selectedIn(ui: Ui, open: OpenChat): Message | null {
  const entry = open.entries.find(({ key }) => key === ui.messages.selected);
  return entry?.type === 'message' ? entry : null;
}

function toComposer(ui: Ui): void {
  ui.focus = 'composer';
  ui.messages.selected = null;
}

function giveUpMode(ui: Ui): void {
  const kept = ui.mode?.kind === 'reply' ? ui.composer.text : (ui.app.open?.conversation?.draft ?? '');
  ui.mode = null;
  ui.composer.set(kept);
}

async function pane(ui: Ui, by: 1 | -1): Promise<void> {
  const panes = ['composer', 'list', 'messages'] as const;
  ui.focus = panes[(panes.indexOf(ui.focus) + by + panes.length) % panes.length]!;
  if (ui.focus === 'messages') {
    if (
      ui.app.open === null ||
      (ui.messages.selected === null && !(await ui.messages.select(ui.app.open, -1)))
    )
      ui.focus = by === 1 ? 'composer' : 'list';
  } else ui.messages.selected = null;
  if (ui.focus === 'list') ui.listAt ??= ui.app.conversations[0]?.id ?? null;
}

async function page(ui: Ui, by: 1 | -1): Promise<void> {
  if (ui.panel !== null) return ui.panel.move(-by * 10);
  const { open } = ui.app;
  if (open === null) return;
  if (ui.focus === 'messages') ui.messages.selected = null;
  if (ui.focus !== 'list') ui.focus = 'composer';
  await ui.messages.scroll(open, by * ui.messages.page);
}

async function neighbour(ui: Ui, by: 1 | -1): Promise<void> {
  const all = ui.app.conversations;
  if (all.length === 0) return;
  const at = all.findIndex(({ id }) => id === ui.app.open?.conversation?.id);
  const next = at === -1 ? (by === 1 ? 0 : all.length - 1) : (at + by + all.length) % all.length;
  await ui.show({ conversation: all[next]!.id });
}

function moveInList(ui: Ui, by: 1 | -1): void {
  const all = ui.app.conversations;
  const at = all.findIndex(({ id }) => id === ui.listAt);
  ui.listAt = all[Math.max(0, Math.min(all.length - 1, at + by))]?.id ?? null;
}

async function openListed(ui: Ui): Promise<void> {
  if (ui.listAt !== null) await ui.show({ conversation: ui.listAt });
}

/** The usual ones by their number; anything else as it is; nothing takes the reaction back. */
export const QUICK_REACTIONS = ['👍', '❤️', '😂', '😮', '😢', '🙏'];
function emojiOf(typed: string): string | null {
  const text = typed.trim();
  return text === '' ? null : (QUICK_REACTIONS[Number(text) - 1] ?? text);
}

/** True: the text is, or could be, completed. */
function complete(ui: Ui): boolean {
  const { composer } = ui;
  if (composer.empty || composer.caret !== composer.text.length) return false;
  const found = completions(ui.app, composer.text);
  const [first] = found;
  if (first === undefined) return composer.text.startsWith('/');
  const common = found.reduce((a, b) => {
    let same = 0;
    while (same < Math.min(a.length, b.length) && a[same]!.toLowerCase() === b[same]!.toLowerCase()) same++;
    return a.slice(0, same);
  }, first);
  if (common.length > composer.text.length || found.length === 1) composer.set(common);
  else
    ui.app.tell([
      found
        .slice(0, 30)
        .map((text) => text.trim().split(' ').at(-1))
        .join('  '),
    ]);
  return true;
}

async function send(ui: Ui): Promise<void> {
  const { mode, composer } = ui;
  const text = composer.text;
  const open = ui.app.open;
  if (text.trim() === '' && mode?.kind !== 'react') return;
  composer.set('');
  ui.mode = null;
  try {
    if (mode === null || open === null) {
      await run(ui.app, text);
      if (open !== null && open === ui.app.open && !text.startsWith('/')) await ui.messages.newest(open);
    } else if (mode.kind === 'reply') {
      await ui.app.say(text.trim(), { replyTo: mode.seq });
      await ui.messages.newest(open);
    } else {
      composer.set(open.conversation?.draft ?? '');
      const id = open.conversation!.id;
      const { messages } = ask(ui.app);
      if (mode.kind === 'react') await outcome(messages.react(id, mode.seq, emojiOf(text)));
      else await outcome(messages.edit(id, mode.seq, { type: 'text', text: text.trim() }));
    }
  } catch (error) {
    // What was written is not lost.
    if (composer.empty) composer.set(text);
    throw error;
  } finally {
    await ui.keepDraft();
  }
}
