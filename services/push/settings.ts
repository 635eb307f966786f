import type { Config } from '../../platform/config/schema.ts';

/** Milliseconds where the name says so. */
export interface PushSettings {
  graceMs: number;
  atOnce: number;
  atOncePerProvider: number;
  /** 0: no limit. */
  perSecondPerProvider: number;
  timeoutMs: number;
  retryMinMs: number;
  retryMaxMs: number;
  maxAgeMs: number;
  breakerFailures: number;
  breakerMs: number;
  routesPerDevice: number;
  badge: boolean;
  ledgerMs: number;
}

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function pushSettings({ push }: Pick<Config, 'push'>): PushSettings {
  return {
    graceMs: push.graceSeconds * SECOND_MS,
    atOnce: push.atOnce,
    atOncePerProvider: push.atOncePerProvider,
    perSecondPerProvider: push.perSecondPerProvider,
    timeoutMs: push.timeoutSeconds * SECOND_MS,
    retryMinMs: push.retryMinSeconds * SECOND_MS,
    retryMaxMs: push.retryMaxSeconds * SECOND_MS,
    maxAgeMs: push.maxAgeHours * HOUR_MS,
    breakerFailures: push.breakerFailures,
    breakerMs: push.breakerSeconds * SECOND_MS,
    routesPerDevice: push.routesPerDevice,
    badge: push.badge,
    ledgerMs: push.ledgerDays * DAY_MS,
  };
}
