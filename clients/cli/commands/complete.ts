import type { App } from '../app.ts';
import { commands } from './index.ts';

/** What could stand in place of the text before the caret: whole lines, the likeliest first. Empty: nothing is known. */
export function completions(app: App, typed: string): string[] {
  const name = /^\/(\w*)$/.exec(typed)?.[1];
  if (name !== undefined)
    return Object.keys(commands)
      .filter((other) => other.startsWith(name))
      .map((other) => `/${other} `);
  const [, word = '', before = '', part = ''] = /^\/(\w+)( (?:.* )?)(\S*)$/s.exec(typed) ?? [];
  const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
  if (command?.offers === 'conversations') {
    // Names of conversations have spaces: everything behind the command, or its number, is one.
    const [, lead = '', wanted = ''] = /^(\/(?:open|forward \S+) )(.*)$/s.exec(typed) ?? [];
    if (lead === '') return [];
    return app.conversations
      .map((conversation) => app.title(conversation))
      .filter((title) => title.toLowerCase().startsWith(wanted.toLowerCase()))
      .map((title) => lead + title);
  }
  if (command?.offers === 'people')
    return people(app, part).map((username) => `/${word}${before}${username} `);
  if (word !== '') return [];
  // In a message: @al → @alice
  const [, text, at] = /^(.*(?:^|\s)@)([\p{L}\p{N}_.-]*)$/su.exec(typed) ?? [];
  return at === undefined ? [] : people(app, at).map((username) => `${text}${username} `);
}

function people(app: App, part: string): string[] {
  const wanted = part.replace(/^@/, '').toLowerCase();
  return app.names.known
    .filter(
      ({ id, username, name }) =>
        id !== app.me && [username, name.toLowerCase()].some((s) => s.startsWith(wanted)),
    )
    .map(({ username }) => username)
    .sort();
}
