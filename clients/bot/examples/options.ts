import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BotCredentials } from '../index.ts';
import { type Example, UsageError, type Values } from './example.ts';

export interface Options {
  url: string;
  credentials: BotCredentials;
  /** The file of what the bot must remember; its folder may not be there yet. */
  file: string;
  hearBots: boolean;
  values: Values;
}

type Env = Readonly<Record<string, string | undefined>>;

const common = {
  credentials: { type: 'string', hint: 'FILE  what POST /bots answered' },
  url: { type: 'string', hint: 'URL  mqtt://, mqtts://, ws:// or wss://   (default mqtt://localhost:1883)' },
  data: { type: 'string', hint: 'FOLDER  where it remembers   (default ~/.dunlin/bots)' },
  'hear-bots': { type: 'boolean', hint: 'answers other bots as well' },
  help: { type: 'boolean', hint: 'this' },
} as const;

export function usage(name: string, example: Example): string {
  const lines = Object.entries({ ...example.options, ...common }).map(([option, { hint }]) => {
    const [value, about] = hint.includes('  ') ? hint.split(/ {2}(.*)/s) : ['', hint];
    return `  ${`--${option} ${value}`.padEnd(24)} ${about}`;
  });
  return `Usage: npm run bot -- ${name} --credentials FILE [options]\n\n${example.what}\n\n${lines.join('\n')}

In place of --credentials and --url: DUNLIN_BOT_CREDENTIALS (a file, or the JSON itself) and DUNLIN_BOT_URL.`;
}

/** Null: help was asked for. @throws {UsageError} */
export function readOptions(example: Example, args: string[], env: Env): Options | null {
  const values = parsed(example, args);
  if (values.help === true) return null;
  const url = String(values.url ?? env.DUNLIN_BOT_URL ?? 'mqtt://localhost:1883');
  checkUrl('url', url);
  const source = String(values.credentials ?? env.DUNLIN_BOT_CREDENTIALS ?? '');
  if (source === '') throw new UsageError('--credentials: which bot is it? Give the answer of POST /bots.');
  const credentials = readCredentials('credentials', source);
  const folder = String(values.data ?? join(homedir(), '.dunlin', 'bots'));
  const file = join(folder, `${credentials.bot.id}.db`);
  return { url, credentials, file, hearBots: values['hear-bots'] === true, values };
}

function parsed(example: Example, args: string[]): Values {
  try {
    return parseArgs({ args, options: { ...example.options, ...common } }).values as Values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

export function checkUrl(option: string, url: string): void {
  if (!/^(mqtts?|wss?):$/.test(URL.parse(url)?.protocol ?? ''))
    throw new UsageError(`--${option} ${JSON.stringify(url)}: mqtt://, mqtts://, ws:// or wss:// is meant`);
}

/** Never says what is in the file: it is a secret. @param source a file, or the JSON itself @throws {UsageError} */
export function readCredentials(option: string, source: string): BotCredentials {
  let read: unknown;
  try {
    read = JSON.parse(source.trimStart().startsWith('{') ? source : readFileSync(source, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `--${option}: ${code === undefined ? 'that is no JSON' : `cannot be read (${code})`}`,
    );
  }
  const { bot, mqtt, detail } = read as Partial<BotCredentials> & { detail?: unknown };
  const fields = [bot?.id, bot?.username, mqtt?.username, mqtt?.client_id, mqtt?.password];
  if (fields.every((field) => typeof field === 'string')) return read as BotCredentials;
  // What a refused request was answered with has been kept in the place of it.
  const why = typeof detail === 'string' ? `: ${detail}` : '';
  throw new UsageError(`--${option}: that is not what POST /bots answers with when it makes a bot${why}`);
}
