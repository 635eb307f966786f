/** Clock and calendar of one place. */
export interface Wall {
  year: number;
  /** From 1. */
  month: number;
  day: number;
  hour: number;
  minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    const parts = {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    } as const;
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', era: 'short', ...parts });
    formats.set(zone, format);
  }
  return format;
}

/** In the spelling of the time zone database, e.g. `Europe/Berlin`; null: there is none of that name. */
export function zoneNamed(name: string): string | null {
  // Offsets are no places: they know nothing of summer.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(name)) return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/** @param time milliseconds since 1970 */
export function wallAt(time: number, zone: string): Wall {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(time)
      .map(({ type, value }) => [type, value]),
  );
  const { year, month, day, hour, minute } = parts;
  return {
    ...{ year: Number(year), month: Number(month), day: Number(day) },
    ...{ hour: Number(hour), minute: Number(minute) },
  };
}

const asUtc = ({ year, month, day, hour, minute }: Wall) => Date.UTC(year, month - 1, day, hour, minute);

/**
 * When a clock there shows this: milliseconds since 1970. What it shows twice, as clocks are put back, is the first time; what it never
 * shows, as they are put forward, is as long after midnight as it would have been. Days that no month has go on in the next one.
 */
export function timeOf(wall: Wall, zone: string): number {
  const wanted = asUtc(wall);
  const offsetAt = (time: number) => asUtc(wallAt(time, zone)) - Math.floor(time / 60_000) * 60_000;
  // Offsets before and after: a change of the clock lies between them, or there is none.
  const offsets = [offsetAt(wanted - 86_400_000), offsetAt(wanted + 86_400_000)];
  const fitting = offsets
    .map((offset) => wanted - offset)
    .filter((time) => asUtc(wallAt(time, zone)) === wanted);
  return fitting.length > 0 ? Math.min(...fitting) : wanted - offsets[0]!;
}
