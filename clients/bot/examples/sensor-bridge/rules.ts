import { UsageError } from '../example.ts';

/** When a sensor is too high, or too low. */
export interface Rule {
  /** Topic filter of MQTT. */
  topic: string;
  /** Where the number stands in a reading that is JSON; empty: the reading is the number. */
  path: readonly string[];
  direction: 'above' | 'below';
  limit: number;
  /** Not normal again before it is past this: a value that trembles about the limit is no news each time. */
  back: number;
  unit: string;
}

const NUMBER = '[-+]?(?:\\d+(?:\\.\\d+)?|\\.\\d+)';
const RULE = new RegExp(
  `^(\\S+)(?:\\s+\\.(\\S+))?\\s+(above|below)\\s+(${NUMBER})(?:\\s+back\\s+(${NUMBER}))?(?:\\s+(\\S.{0,15}))?$`,
);
/** Of the limit, where it is not said what is normal again. */
const MARGIN = 0.05;
/** Bytes of a reading: a number, or an object with some. */
const LONGEST_READING = 65_536;

/** `open/boiler/+ above 80 back 75 °C`, `open/room/+ .air.co2 above 1200 ppm`. @throws {UsageError} */
export function parseRule(text: string): Rule {
  const match = RULE.exec(text.trim());
  if (match === null)
    throw new UsageError(`--rule ${JSON.stringify(text)}: like "open/boiler/+ above 80 back 75 °C" is meant`);
  const [, topic = '', path, direction, atLimit, atBack, unit = ''] = match;
  checkFilter(topic);
  const limit = Number(atLimit);
  const isAbove = direction === 'above';
  const margin = Math.abs(limit) * MARGIN;
  const back = atBack === undefined ? (isAbove ? limit - margin : limit + margin) : Number(atBack);
  if (isAbove ? back > limit : back < limit)
    throw new UsageError(`--rule ${JSON.stringify(text)}: ${back} is not normal, with ${direction} ${limit}`);
  return { topic, path: path?.split('.') ?? [], direction: isAbove ? 'above' : 'below', limit, back, unit };
}

function checkFilter(filter: string): void {
  const levels = filter.split('/');
  // [MQTT-4.7.1-2], [MQTT-4.7.1-3]
  const isFilter = levels.every(
    (level, at) => level === '+' || (level === '#' ? at === levels.length - 1 : !/[+#]/.test(level)),
  );
  if (!isFilter) throw new UsageError(`--rule: ${JSON.stringify(filter)} is no topic filter`);
}

export function fitsTopic({ topic: filter }: Rule, topic: string): boolean {
  const [wanted, levels] = [filter.split('/'), topic.split('/')];
  for (const [at, level] of wanted.entries()) {
    if (level === '#') return true;
    if (level !== '+' && level !== levels[at]) return false;
    if (levels[at] === undefined) return false;
  }
  return wanted.length === levels.length;
}

/** Null: there is no number in it where one is meant. */
export function readingIn({ path }: Rule, payload: Buffer): number | null {
  if (payload.byteLength > LONGEST_READING) return null;
  const text = payload.toString('utf8').trim();
  let value: unknown = text;
  if (path.length > 0) {
    try {
      value = JSON.parse(text);
    } catch {
      return null;
    }
    for (const name of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
      value = (value as Record<string, unknown>)[name];
    }
  }
  if (typeof value === 'string' && /^[-+]?(\d|\.\d)/.test(value)) value = Number(value);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Is it past the limit with this reading? In between it stays what it was. */
export function isPast({ direction, limit, back }: Rule, was: boolean, value: number): boolean {
  const sign = direction === 'above' ? 1 : -1;
  if (sign * value > sign * limit) return true;
  return was && sign * value > sign * back;
}
