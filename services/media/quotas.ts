import { Refused } from '../../protocol/errors.ts';
import type { Quotas, Usage } from './store.ts';

const DAY_MS = 86_400_000;

/** The day (UTC) that uploads of this moment count on, e.g. `2026-11-24`. */
export const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10);

/** @param now milliseconds since the epoch @throws {Refused} quota_exceeded, daily_quota_exceeded */
export function refuseAbove({ kept, today }: Usage, quotas: Quotas, now: number): void {
  if (quotas.kept !== null && kept > quotas.kept)
    throw new Refused('quota_exceeded', `at most ${quotas.kept} bytes`);
  if (quotas.aDay !== null && today > quotas.aDay)
    throw new Refused('daily_quota_exceeded', `at most ${quotas.aDay} bytes a day`, DAY_MS - (now % DAY_MS));
}
