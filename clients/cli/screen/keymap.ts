import type { Key } from 'node:readline';

/** Where the keys go: to what is looked at. `anywhere`: before any other. */
export type Place = 'anywhere' | 'composer' | 'messages' | 'list' | 'panel';

interface Binding {
  keys: readonly string[];
  place: Place;
  about: string;
}

/** Every key, by what it does. The help and README.md are made of it. */
export const keymap = {
  quit: { keys: ['ctrl-c'], place: 'anywhere', about: 'leave' },
  suspend: { keys: ['ctrl-z'], place: 'anywhere', about: 'into the background; fg brings it back' },
  redraw: { keys: ['ctrl-l'], place: 'anywhere', about: 'draw everything anew' },
  help: { keys: ['f1'], place: 'anywhere', about: 'help' },
  search: { keys: ['ctrl-f'], place: 'anywhere', about: 'search messages' },
  picker: { keys: ['ctrl-k'], place: 'anywhere', about: 'jump to a conversation or a person' },
  nextConversation: { keys: ['ctrl-n'], place: 'anywhere', about: 'next conversation' },
  previousConversation: { keys: ['ctrl-p'], place: 'anywhere', about: 'previous conversation' },
  nextPane: {
    keys: ['tab'],
    place: 'anywhere',
    about: 'next pane; completes names and commands while writing',
  },
  previousPane: { keys: ['shift-tab'], place: 'anywhere', about: 'previous pane' },
  pageUp: { keys: ['pageup'], place: 'anywhere', about: 'a page back, through all of the history' },
  pageDown: { keys: ['pagedown'], place: 'anywhere', about: 'a page on' },
  back: { keys: ['escape'], place: 'anywhere', about: 'close, give up a reply or an edit, back to writing' },

  send: { keys: ['enter'], place: 'composer', about: 'send' },
  newline: { keys: ['alt-enter', 'ctrl-j'], place: 'composer', about: 'new line' },
  left: { keys: ['left'], place: 'composer', about: 'a letter back' },
  right: { keys: ['right'], place: 'composer', about: 'a letter on' },
  wordLeft: { keys: ['ctrl-left', 'alt-b'], place: 'composer', about: 'a word back' },
  wordRight: { keys: ['ctrl-right', 'alt-f'], place: 'composer', about: 'a word on' },
  lineStart: { keys: ['home', 'ctrl-a'], place: 'composer', about: 'start of the line' },
  lineEnd: {
    keys: ['end', 'ctrl-e'],
    place: 'composer',
    about: 'end of the line; the newest message when nothing is written',
  },
  backspace: { keys: ['backspace'], place: 'composer', about: 'delete the letter before' },
  deleteForward: { keys: ['delete', 'ctrl-d'], place: 'composer', about: 'delete the letter behind' },
  deleteWord: { keys: ['ctrl-w', 'alt-backspace'], place: 'composer', about: 'delete the word before' },
  deleteLine: { keys: ['ctrl-u'], place: 'composer', about: 'delete to the start of the line' },
  composerUp: { keys: ['up'], place: 'composer', about: 'a line up; from the first line: select a message' },
  composerDown: { keys: ['down'], place: 'composer', about: 'a line down' },

  messageUp: { keys: ['up', 'k'], place: 'messages', about: 'the message before' },
  messageDown: {
    keys: ['down', 'j'],
    place: 'messages',
    about: 'the message after; behind the newest: back to writing',
  },
  newest: { keys: ['end', 'g'], place: 'messages', about: 'the newest message' },
  unread: { keys: ['u'], place: 'messages', about: 'where the unread begin' },
  reply: { keys: ['r'], place: 'messages', about: 'reply to the selected message' },
  quoted: { keys: ['o', 'enter'], place: 'messages', about: 'go to the message that it answers' },
  edit: { keys: ['e'], place: 'messages', about: 'edit it, when it is yours' },
  deleteMessage: { keys: ['d'], place: 'messages', about: 'delete it for everyone; asks first' },
  hideMessage: { keys: ['h'], place: 'messages', about: 'delete it for yourself only; asks first' },
  react: { keys: ['+'], place: 'messages', about: 'react to it' },
  forward: { keys: ['f'], place: 'messages', about: 'forward it' },
  press: {
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    place: 'messages',
    about: 'press its button, or take the offered reply, of that number',
  },
  info: { keys: ['i'], place: 'messages', about: 'who has it and who read it; members of the group' },
  messagesHelp: { keys: ['?'], place: 'messages', about: 'help' },
  toList: { keys: ['left'], place: 'messages', about: 'to the conversations' },

  listUp: { keys: ['up'], place: 'list', about: 'the conversation above' },
  listDown: { keys: ['down'], place: 'list', about: 'the conversation below' },
  listFirst: { keys: ['home'], place: 'list', about: 'the first' },
  listLast: { keys: ['end'], place: 'list', about: 'the last' },
  listOpen: { keys: ['enter', 'right'], place: 'list', about: 'open it' },
  listInfo: { keys: ['i'], place: 'list', about: 'open it, with its members' },
  listHelp: { keys: ['?'], place: 'list', about: 'help' },

  panelUp: { keys: ['up'], place: 'panel', about: 'up' },
  panelDown: { keys: ['down'], place: 'panel', about: 'down' },
  panelChoose: { keys: ['enter'], place: 'panel', about: 'search; choose' },
} as const satisfies Record<string, Binding>;

export type Action = keyof typeof keymap;

const byPlace = new Map<Place, Map<string, Action>>();
for (const [action, { keys, place }] of Object.entries(keymap) as [Action, Binding][]) {
  const there = byPlace.get(place) ?? new Map<string, Action>();
  byPlace.set(place, there);
  for (const key of keys) there.set(key, action);
}

/** What a key does at a place; null: nothing of its own. */
export function actionOf(key: string, place: Place): Action | null {
  return byPlace.get('anywhere')?.get(key) ?? byPlace.get(place)?.get(key) ?? null;
}

/** The name of a key as the table has it. Return and what Ctrl-J sends are two. */
export function keyName(character: string | undefined, key: Key): string {
  let name =
    key.name === 'enter' ? 'ctrl-j' : key.name === 'return' ? 'enter' : (key.name ?? character ?? '');
  if (key.name === 'undefined') name = key.sequence ?? '';
  const typed =
    character !== undefined && character >= ' ' && character !== '\u007f' && !key.ctrl && !key.meta;
  if (typed) return character;
  const modifiers = `${key.ctrl && name !== 'ctrl-j' ? 'ctrl-' : ''}${key.meta && name !== 'escape' ? 'alt-' : ''}${key.shift && name.length > 1 ? 'shift-' : ''}`;
  return modifiers + name;
}

/** One line a binding, for the help. */
export function keyLines(place: Place): string[] {
  return Object.values(keymap as Record<string, Binding>)
    .filter((binding) => binding.place === place)
    .map(
      ({ keys, about }) =>
        `${keys
          .map(shownKey)
          .join(', ')
          .replace(/^1, 2.*$/, '1–9')
          .padEnd(22)} ${about}`,
    );
}

/** As people write it: `ctrl-k` is Ctrl-K. */
export const shownKey = (key: string): string =>
  key.length === 1
    ? key
    : key
        .replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase())
        .replace('Pageup', 'PgUp')
        .replace('Pagedown', 'PgDn');
