import type { Loaded } from './load.ts';
import { settings } from './schema.ts';

/** What a value shows of itself: paths of keys are shown, what is in them never is; nothing else here is secret. */
export function printConfig({ config, sources }: Loaded): string {
  const values = config as unknown as Record<string, Record<string, unknown>>;
  return settings()
    .map(
      ({ path, name }) => `${name} = ${redacted(name, values[path[0]!]![path[1]!])}  # ${sources.get(name)}`,
    )
    .join('\n');
}

function redacted(name: string, value: unknown): string {
  if (/secret|password|token$|apikey|signingkey|vapidkey/i.test(name) && value !== '') return '[redacted]';
  // Credentials inside a URL.
  return JSON.stringify(value).replace(/(\w+:\/\/[^:/@"]*:)[^@"]*@/g, '$1[redacted]@');
}
