import { RefusedError } from '../../sdk/index.ts';
import type { App } from '../app.ts';
import type { Command, CommandTable } from './command.ts';
import { conversationCommands } from './conversations.ts';
import { fileCommands } from './files.ts';
import { messageCommands } from './messages.ts';
import { peopleCommands } from './people.ts';
import { selfCommands } from './self.ts';

const help: Command = {
  args: '',
  about: 'this',
  offers: 'nothing',
  async run(app) {
    app.tell(usages());
  },
};

/** What can be typed with a slash, by what it is about. Anything else is a message to the open chat. */
export const commandGroups: Readonly<Record<string, CommandTable>> = {
  Conversations: conversationCommands,
  Messages: messageCommands,
  Files: fileCommands,
  People: peopleCommands,
  'Yourself and this program': { ...selfCommands, help },
};

export const commands: CommandTable = Object.assign({}, ...Object.values(commandGroups));

/** One line a command. */
export function usages(table: CommandTable = commands): string[] {
  return Object.entries(table).map(([name, { args, about }]) => `${`/${name} ${args}`.padEnd(30)} ${about}`);
}

/** Runs what was typed. Errors become notes: nothing typed ends the program. */
export async function run(app: App, typed: string): Promise<void> {
  const text = typed.trim();
  if (text === '') return;
  try {
    // Two slashes are a message that begins with one.
    if (!text.startsWith('/') || text.startsWith('//')) return await app.say(text.replace(/^\/\//, '/'));
    const [word = '', ...args] = wordsOf(text.slice(1));
    const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
    if (command === undefined) return app.note(`/${word} is not a command: /help lists them.`);
    await command.run(app, args, text.slice(1 + word.length).trim());
  } catch (error) {
    app.note(reasonOf(error));
  }
}

/** At spaces, but for those within quotation marks: `/group "Two boats" bob`. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/["“]([^"”]*)["”](?=\s|$)|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

/** What to tell of an error. */
export function reasonOf(error: unknown): string {
  const { message } = error as Error;
  if (error instanceof RefusedError) return message;
  return message === 'offline'
    ? 'Not connected: this needs the server. Try again when you are online.'
    : message;
}
