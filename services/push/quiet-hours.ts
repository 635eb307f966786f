import type { QuietHours } from '../../protocol/commands.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** Offsets of zones change by at most this; looked over when the end falls on such a day. */
const STEP_MINUTES = 5;
/** What is kept of zones; there are fewer than this. */
const MOST_ZONES = 600;

const clocks = new Map<string, Intl.DateTimeFormat>();

/**
 * When quiet hours end that `now` (milliseconds since the epoch) lies in; null: it lies in none. By the clock on the wall of that zone, also on the
 * days on which it is put forward or back.
 */
export function quietUntil(quiet: QuietHours | null, now: number): number | null {
  if (quiet === null) return null;
  const [from, to] = [minuteOf(quiet.from), minuteOf(quiet.to)];
  // From a time to the same time is no time at all.
  if (from === to || !within(wallMinute(quiet.zone, now), from, to)) return null;
  const start = now - (now % MINUTE_MS);
  const left = (to - wallMinute(quiet.zone, now) + DAY_MINUTES) % DAY_MINUTES;
  const end = start + left * MINUTE_MS;
  if (wallMinute(quiet.zone, end) === to) return end;
  // The clock is changed in between: the first moment at which it is not quiet any more.
  const most = start + (DAY_MINUTES + 180) * MINUTE_MS;
  for (let at = start; at < most; at += STEP_MINUTES * MINUTE_MS)
    if (!within(wallMinute(quiet.zone, at), from, to)) return Math.max(at, now);
  return end;
}

function within(minute: number, from: number, to: number): boolean {
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

function minuteOf(time: string): number {
  const [hours, minutes] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/** The minute of the day that a clock in this zone shows. */
function wallMinute(zone: string, at: number): number {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    });
    if (clocks.size >= MOST_ZONES) clocks.clear();
    clocks.set(zone, clock);
  }
  return minuteOf(clock.format(at));
}
