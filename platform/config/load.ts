import { existsSync, readFileSync } from 'node:fs';
import { Compile } from 'typebox/compile';
import { type Config, defaultConfig, environmentName, type Setting, settings } from './schema.ts';

export type Source = 'flag' | 'environment' | 'file' | 'default';

export interface Loaded {
  config: Config;
  /** Where each setting that is in force came from, by its name. */
  sources: Map<string, Source>;
}

/** What is wrong, one line a problem: name, value, what is allowed. */
export class ConfigError extends Error {
  readonly problems: string[];
  constructor(problems: string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Flags that are written often. */
const SHORT = new Map([['role', 'serve.role']]);
const DEFAULT_FILE = 'dunlin.config.json';
const all = new Map(settings().map((setting) => [setting.name, setting]));
const validators = new Map([...all].map(([name, { schema }]) => [name, Compile(schema)]));

/**
 * Flag > environment > file > default. `--section.key value` or `--section.key=value`; `DUNLIN_SECTION_KEY`, or
 * `DUNLIN_SECTION_KEY_FILE` naming a file that holds the value; `dunlin.config.json`, or the file of `--config`.
 * @throws {ConfigError} naming every wrong value and unknown name
 */
export function loadConfig(args: readonly string[], environment: NodeJS.ProcessEnv): Loaded {
  const problems: string[] = [];
  const { flags, file } = readFlags(args, problems);
  const given: [Source, Map<string, unknown>][] = [
    ['file', readFile(file ?? environment.DUNLIN_CONFIG, problems)],
    ['environment', readEnvironment(environment, problems)],
    ['flag', flags],
  ];
  const config = defaultConfig() as unknown as Record<string, Record<string, unknown>>;
  const sources = new Map<string, Source>([...all.keys()].map((name) => [name, 'default']));
  for (const [source, values] of given) {
    for (const [name, value] of values) {
      const setting = all.get(name);
      if (setting === undefined) {
        problems.push(`${name}: there is no such setting${nearest(name)} (${source})`);
        continue;
      }
      if (!validators.get(name)!.Check(value)) {
        problems.push(
          `${name}: ${JSON.stringify(value)} is not allowed; allowed: ${allowed(setting)} (${source})`,
        );
        continue;
      }
      const [section, key] = setting.path as [string, string];
      config[section]![key] = value;
      sources.set(name, source);
    }
  }
  const loaded = config as unknown as Config;
  if (loaded.mqtts.enabled && (loaded.tls.cert === '' || loaded.tls.key === '')) {
    problems.push(
      'mqtts.enabled: needs tls.cert and tls.key (`npm run certs` makes development certificates)',
    );
  }
  problems.push(...missingForRoles(loaded), ...missingForMail(loaded));
  if (problems.length > 0) throw new ConfigError(problems);
  return { config: loaded, sources };
}

/** A process that does only part of the work shares everything with the others. */
function missingForRoles({ serve, engines, tokens }: Config): string[] {
  if (serve.role.includes('all')) return [];
  const roles = serve.role.join(', ');
  const missing = (['directory', 'history', 'log', 'redis'] as const)
    .filter((name) => engines[name] === '')
    .map((name) => `engines.${name}: needed by a process of the role ${roles}: it shares it with the others`);
  if (tokens.signingKey === '')
    missing.push(
      `tokens.signingKey: needed by a process of the role ${roles}: all processes sign and check with one key (openssl genpkey -algorithm ed25519)`,
    );
  return missing;
}

/** Mail that comes from nowhere, or whose links lead nowhere, is worse than none. */
function missingForMail({ mail, http }: Config): string[] {
  if (mail.url === '') return [];
  const isUrl = (text: string, protocols: string[]) => protocols.includes(URL.parse(text)?.protocol ?? '');
  return [
    ...(isUrl(mail.url, ['smtp:', 'smtps:']) ? [] : ['mail.url: must be smtp://… or smtps://…']),
    ...(/^[^\s@<>]+@[^\s@<>]+$/.test(mail.from)
      ? []
      : ['mail.from: needed by mail.url: the address that mails come from']),
    ...(mail.replyTo === '' || /^[^\s@<>]+@[^\s@<>]+$/.test(mail.replyTo)
      ? []
      : ['mail.replyTo: not a mail address']),
    ...(isUrl(mail.publicUrl === '' ? http.publicUrl : mail.publicUrl, ['http:', 'https:'])
      ? []
      : ['mail.publicUrl: needed by mail.url, or http.publicUrl: where links in mails lead']),
  ];
}

/** What a setting may be, in words. */
export function allowed({ schema }: Setting): string {
  const constants = schema.anyOf
    ?.filter((option) => option.const !== undefined)
    .map((option) => String(option.const));
  if (constants !== undefined && constants.length > 0 && constants.length === schema.anyOf!.length)
    return constants.join(', ');
  if (schema.type === 'integer') return `a whole number from ${schema.minimum} to ${schema.maximum}`;
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'array') return 'a JSON list, or names between commas';
  if (schema.pattern !== undefined) return `text that matches ${schema.pattern}`;
  return 'text';
}

function readFlags(
  args: readonly string[],
  problems: string[],
): { flags: Map<string, unknown>; file: string | undefined } {
  const flags = new Map<string, unknown>();
  let file: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!arg.startsWith('--')) {
      problems.push(`${arg}: not understood; settings are given as --name=value`);
      continue;
    }
    const equals = arg.indexOf('=');
    const name = equals === -1 ? arg.slice(2) : arg.slice(2, equals);
    let value = equals === -1 ? undefined : arg.slice(equals + 1);
    const next = args[i + 1];
    if (value === undefined && next !== undefined && !next.startsWith('--')) {
      value = next;
      i++;
    }
    if (name === 'config') file = value;
    // `--open.enabled` alone switches on.
    else {
      const setting = SHORT.get(name) ?? name;
      flags.set(setting, fromText(setting, value ?? 'true'));
    }
  }
  return { flags, file };
}

function readEnvironment(environment: NodeJS.ProcessEnv, problems: string[]): Map<string, unknown> {
  const byName = new Map([...all.values()].map((setting) => [environmentName(setting), setting.name]));
  const values = new Map<string, unknown>();
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith('DUNLIN_') || value === undefined || OTHER_VARIABLES.has(variable)) continue;
    const direct = byName.get(variable);
    const viaFile = variable.endsWith('_FILE') ? byName.get(variable.slice(0, -'_FILE'.length)) : undefined;
    if (direct !== undefined) values.set(direct, fromText(direct, value));
    else if (viaFile !== undefined) {
      try {
        values.set(viaFile, fromText(viaFile, readFileSync(value, 'utf8').trimEnd()));
      } catch (error) {
        problems.push(`${variable}: cannot read ${value}: ${(error as Error).message}`);
      }
    } else problems.push(`${variable}: there is no such setting (environment)`);
  }
  return values;
}

/** Variables that begin alike and are no settings. */
const OTHER_VARIABLES = new Set(['DUNLIN_CONFIG', 'DUNLIN_PASSWORD']);

function readFile(named: string | undefined, problems: string[]): Map<string, unknown> {
  const values = new Map<string, unknown>();
  const path = named ?? DEFAULT_FILE;
  if (named === undefined && !existsSync(path)) return values;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    problems.push(`${path}: ${(error as Error).message}`);
    return values;
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    problems.push(`${path}: must hold one JSON object`);
    return values;
  }
  for (const [section, fields] of Object.entries(content)) {
    if (section === '$schema') continue;
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) values.set(section, fields);
    else for (const [key, value] of Object.entries(fields)) values.set(`${section}.${key}`, value);
  }
  return values;
}

/** Flags and variables are text; what is no number or JSON where one is needed stays text, and is refused with its value. */
function fromText(name: string, value: string): unknown {
  const type = all.get(name)?.schema.type;
  if (type === 'integer' && /^-?\d+$/.test(value)) return Number(value);
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  if (type === 'array') {
    try {
      return JSON.parse(value);
    } catch {
      // A list of names needs no brackets.
      return value.split(',').map((part) => part.trim());
    }
  }
  return value;
}

function nearest(name: string): string {
  const key = name.split('.').at(-1)!.toLowerCase();
  const near = [...all.keys()].filter(
    (known) => known.toLowerCase().endsWith(`.${key}`) || known.toLowerCase() === name.toLowerCase(),
  );
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}
