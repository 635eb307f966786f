import type { Static, TSchema } from 'typebox';
import { group } from './fields.ts';
import { registration, tokens } from './sections/accounts.ts';
import { engines } from './sections/engines.ts';
import { limits } from './sections/limits.ts';
import { http, listen, metrics, mqtt, mqtts, tls } from './sections/listeners.ts';
import { mail } from './sections/mail.ts';
import { media } from './sections/media.ts';
import { delivery, messages, presence, receipts } from './sections/messages.ts';
import { open } from './sections/open.ts';
import { outbound } from './sections/outbound.ts';
import { data, log, serve, shutdown } from './sections/process.ts';
import { apns, fcm, onesignal, push, webpush } from './sections/push.ts';
import { webhooks } from './sections/webhooks.ts';

/** Every setting: its type, its default, what it means, what is allowed. The reference page is written from it, in this order. */
export const ConfigSchema = group('Dunlin', {
  data,
  serve,
  engines,
  listen,
  mqtt,
  mqtts,
  tls,
  http,
  metrics,
  log,
  registration,
  tokens,
  open,
  limits,
  messages,
  media,
  outbound,
  webhooks,
  fcm,
  apns,
  webpush,
  onesignal,
  push,
  mail,
  receipts,
  delivery,
  presence,
  shutdown,
});

export type Config = Static<typeof ConfigSchema>;

/** A leaf of the schema, with its path. */
export interface Setting {
  path: string[];
  name: string;
  schema: TSchema & {
    type?: string;
    default?: unknown;
    description?: string;
    minimum?: number;
    maximum?: number;
    pattern?: string;
    anyOf?: { const?: unknown }[];
  };
}

/** Every setting, in the order of the page. */
export function settings(schema: TSchema = ConfigSchema, path: string[] = []): Setting[] {
  const { properties } = schema as unknown as { properties?: Record<string, TSchema> };
  if (properties === undefined || path.length === 2)
    return [{ path, name: path.join('.'), schema: schema as Setting['schema'] }];
  return Object.entries(properties).flatMap(([key, child]) => settings(child, [...path, key]));
}

/** `limits.packetBytes` → `DUNLIN_LIMITS_PACKET_BYTES`. */
export function environmentName(setting: Setting): string {
  return `DUNLIN_${setting.path.map((part) => part.replace(/[A-Z]/g, (c) => `_${c}`)).join('_')}`.toUpperCase();
}

export function defaultConfig(): Config {
  const config: Record<string, Record<string, unknown>> = {};
  for (const { path, schema } of settings()) {
    const [section, key] = path as [string, string];
    config[section] ??= {};
    config[section][key] = structuredClone(schema.default);
  }
  return config as unknown as Config;
}
