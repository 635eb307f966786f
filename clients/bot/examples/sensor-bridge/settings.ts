import { type Ground, UsageError } from '../example.ts';
import { checkUrl, readCredentials } from '../options.ts';
import type { Rate } from './reports.ts';
import { parseRule, type Rule } from './rules.ts';

/** Where the readings come from. */
export interface Source {
  url: string;
  clientId: string;
  username?: string;
  password?: string;
}

export interface Settings {
  /** Null: not known yet. */
  group: string | null;
  rules: Rule[];
  rate: Rate;
  source: Source;
}

const MOST_RULES = 100;

export const bridgeOptions = {
  group: { type: 'string', hint: 'ID  the conversation to post into: /where tells   (or BRIDGE_GROUP)' },
  rule: {
    type: 'string',
    multiple: true,
    hint: 'RULE  "open/boiler/+ above 80 back 75 °C"; as many as you like   (or BRIDGE_RULES, one a line)',
  },
  sensors: { type: 'string', hint: 'FILE  a second token of the bot, scope open   (or BRIDGE_SENSORS)' },
  'sensors-url': {
    type: 'string',
    hint: 'URL  another broker instead, with BRIDGE_USERNAME and BRIDGE_PASSWORD   (or BRIDGE_SENSORS_URL)',
  },
  messages: { type: 'string', hint: 'COUNT  so many at most …   (default 6, or BRIDGE_MESSAGES)' },
  minutes: { type: 'string', hint: 'COUNT  … in so many minutes   (default 10, or BRIDGE_MINUTES)' },
} as const;

/** @throws {UsageError} */
export function readSettings({ values, env, url, credentials }: Ground): Settings {
  const given = (option: string, variable: string) => (values[option] as string | undefined) ?? env[variable];
  const texts = (values.rule as string[] | undefined) ?? env.BRIDGE_RULES?.split('\n') ?? [];
  const rules = texts.filter((text) => text.trim() !== '').map(parseRule);
  if (rules.length === 0) throw new UsageError('--rule: what is to be watched?');
  if (rules.length > MOST_RULES) throw new UsageError(`--rule: ${MOST_RULES} at most`);
  const count = (option: string, variable: string, usual: number) => {
    const text = given(option, variable) ?? String(usual);
    const value = Number(text);
    if (!(value > 0 && value <= 10_000))
      throw new UsageError(`--${option} ${JSON.stringify(text)}: more than 0`);
    return value;
  };
  const messages = Math.ceil(count('messages', 'BRIDGE_MESSAGES', 6));
  const rate = { messages, per: count('minutes', 'BRIDGE_MINUTES', 10) * 60_000 };
  const group = given('group', 'BRIDGE_GROUP') ?? null;
  return { group, rules, rate, source: source() };

  function source(): Source {
    const elsewhere = given('sensors-url', 'BRIDGE_SENSORS_URL');
    if (elsewhere !== undefined) {
      checkUrl('sensors-url', elsewhere);
      const { BRIDGE_USERNAME: username, BRIDGE_PASSWORD: password } = env;
      const who = {
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
      };
      return { url: elsewhere, clientId: `dunlin-${credentials.bot.id}`, ...who };
    }
    const file = given('sensors', 'BRIDGE_SENSORS');
    if (file === undefined)
      throw new UsageError(
        '--sensors: a second token (POST /bots/{id}/token with {"beside":true}), or --sensors-url',
      );
    const { mqtt } = readCredentials('sensors', file);
    if (mqtt.client_id === credentials.mqtt.client_id)
      throw new UsageError(
        '--sensors: the same token as --credentials; of two connections with one the newer wins',
      );
    return { url, clientId: mqtt.client_id, username: mqtt.username, password: mqtt.password };
  }
}
