/** `/remind@echo tomorrow "buy milk"`, taken apart. */
export interface CommandText {
  /** In lower case, without the slash. */
  name: string;
  /** The sign-in name of the bot that it is for, in lower case; null: for whoever knows it. */
  bot: string | null;
  /** Words; what is in double quotes is one. */
  args: string[];
  /** All behind the name, as it was written. */
  rest: string;
}

const COMMAND = /^\/([a-z0-9_]{1,32})(?:@([a-z0-9._-]{2,32}))?(?:\s+([\s\S]*))?$/i;
const WORD = /"((?:[^"\\]|\\.)*)"|(\S+)/g;

/** Null: it is no command. */
export function parseCommandText(text: string): CommandText | null {
  const match = COMMAND.exec(text.trim());
  if (match === null) return null;
  const rest = match[3]?.trim() ?? '';
  const args = [...rest.matchAll(WORD)].map(([, quoted, word]) => quoted?.replace(/\\(.)/g, '$1') ?? word!);
  return { name: match[1]!.toLowerCase(), bot: match[2]?.toLowerCase() ?? null, args, rest };
}

/** What `/help` says. */
export function helpText(commands: ReadonlyMap<string, string>): string {
  return [...commands].map(([name, description]) => `/${name} – ${description}`).join('\n');
}
