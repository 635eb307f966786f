import { timeOf, type Wall, wallAt } from './zones.ts';

/** What is asked for, and when. */
export interface Asked {
  /** Milliseconds since 1970. */
  due: number;
  what: string;
}

const UNITS: readonly [RegExp, number][] = [
  [/^(s|secs?|seconds?)$/, 1_000],
  [/^(m|mins?|minutes?)$/, 60_000],
  [/^(h|hrs?|hours?)$/, 3_600_000],
  [/^(d|days?)$/, 86_400_000],
  [/^(w|weeks?)$/, 604_800_000],
];
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
/** `2h`, `1 hour`, `1h30m`. */
const SPAN = /^(\d{1,5})\s*([a-z]+)(?:[\s,]+(?:and\s+)?|(?=\d)|$)/i;
const DATE = /^(?:on\s+)?(\d{4})-(\d{2})-(\d{2})(?:\s+|$)/i;
const DAY = /^(?:on\s+)?(today|tomorrow|sunday|monday|tuesday|wednesday|thursday|friday|saturday)(?:\s+|$)/i;
const CLOCK = /^(?:at\s+)?(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?(?:\s+|$)/i;
/** Where a day is named and no hour. */
const MORNING = 9;

/**
 * `in 2h to …`, `at 18:30 …`, `tomorrow at 9 …`, `friday 6pm …`, `on 2026-12-24 at 18:30 …`; null: that is none of them.
 * @param now milliseconds since 1970 @param zone of whoever asks
 */
export function parseWhen(text: string, now: number, zone: string): Asked | null {
  const rest = text.trim().replace(/^me\s+/i, '');
  return spanned(rest, now) ?? dated(rest, now, zone);
}

const asked = (due: number, rest: string): Asked | null => {
  const what = rest.trim().replace(/^(to|that|of|about)\s+/i, '');
  return what === '' ? null : { due, what };
};

function spanned(text: string, now: number): Asked | null {
  let rest = /^in\s+(.*)$/is.exec(text)?.[1]?.replace(/^(an?|one)\s+/i, '1 ');
  if (rest === undefined) return null;
  let span = 0;
  for (let found = false; ; found = true) {
    const match = SPAN.exec(rest);
    const unit = match && UNITS.find(([name]) => name.test(match[2]!.toLowerCase()))?.[1];
    if (!match || unit === undefined) return found && span > 0 ? asked(now + span, rest) : null;
    span += Number(match[1]) * unit!;
    rest = rest.slice(match[0].length);
  }
}

function dated(text: string, now: number, zone: string): Asked | null {
  const today = wallAt(now, zone);
  let rest = text;
  let clock = clockIn(rest, false);
  if (clock !== null) rest = clock.rest;
  const day = dayIn(rest, today);
  if (day !== null) {
    rest = day.rest;
    clock ??= clockIn(rest, true);
    rest = clock !== null && clock.rest.length < rest.length ? clock.rest : rest;
  }
  if (clock === null && day === null) return null;
  const { hour, minute } = clock ?? { hour: MORNING, minute: 0 };
  const on = day?.wall ?? today;
  const at = (days: number) => timeOf({ ...on, day: on.day + days, hour, minute }, zone);
  let due = at(0);
  // A clock that has shown it already shows it again tomorrow, and a day of the week comes again.
  if (due <= now && (day === null || day.again > 0)) due = at(day?.again ?? 1);
  return asked(due, rest);
}

interface Clock {
  hour: number;
  minute: number;
  rest: string;
}

/** @param bare a number alone is an hour, as it stands behind a day; else it needs `at`, minutes, or am and pm */
function clockIn(text: string, bare: boolean): Clock | null {
  const match = CLOCK.exec(text);
  if (match === null) return null;
  const [all, hours, minutes, half] = match;
  if (!bare && minutes === undefined && half === undefined && !/^at\s/i.test(text)) return null;
  let hour = Number(hours);
  const minute = Number(minutes ?? 0);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  }
  return hour > 23 || minute > 59 ? null : { hour, minute, rest: text.slice(all.length) };
}

/** `again`: days after which a day of that name comes again; 0: never. */
function dayIn(text: string, today: Wall): { wall: Wall; again: number; rest: string } | null {
  const date = DATE.exec(text);
  if (date !== null) {
    const [year, month, day] = date.slice(1).map(Number) as [number, number, number];
    const there = new Date(Date.UTC(year, month - 1, day));
    if (there.getUTCMonth() !== month - 1 || there.getUTCDate() !== day) return null;
    return { wall: { ...today, year, month, day }, again: 0, rest: text.slice(date[0].length) };
  }
  const named = DAY.exec(text);
  if (named === null) return null;
  const name = named[1]!.toLowerCase();
  const weekday = new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay();
  const ahead = name === 'today' ? 0 : name === 'tomorrow' ? 1 : (DAYS.indexOf(name) - weekday + 7) % 7;
  const rest = text.slice(named[0].length);
  return { wall: { ...today, day: today.day + ahead }, again: DAYS.includes(name) ? 7 : 0, rest };
}

/** `today at 18:30`, `tomorrow at 9:00`, `on Thursday, 24 December 2026 at 18:30`. */
export function describeTime(time: number, now: number, zone: string): string {
  const [then, today, tomorrow] = [time, now, now + 86_400_000].map((at) => wallAt(at, zone)) as [
    Wall,
    Wall,
    Wall,
  ];
  const clock = `${String(then.hour).padStart(2, '0')}:${String(then.minute).padStart(2, '0')}`;
  const isOn = (day: Wall) => day.year === then.year && day.month === then.month && day.day === then.day;
  if (isOn(today)) return `today at ${clock}`;
  if (isOn(tomorrow)) return `tomorrow at ${clock}`;
  const date = new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'full' }).format(time);
  return `on ${date} at ${clock}`;
}
