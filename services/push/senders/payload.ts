import { createHash } from 'node:crypto';
import type { PushPayload } from '../../../protocol/push-payload.ts';
import type { PushNotification } from '../sender.ts';

/** What every vendor takes at least, bytes: RFC 8030 §7.2, FCM's `data`, APNs. */
export const MOST_BYTES = 4_096;
/** No text of more characters is looked at: it would not fit. */
const MOST_CHARACTERS = MOST_BYTES;

export function payloadOf(notification: PushNotification): PushPayload {
  const { event, device, kind, conversation, seq, badge, title, body, sealed } = notification;
  return {
    ...{ v: 1, event, device, kind, conversation, seq, badge },
    ...(title === null ? {} : { title }),
    ...(body === null ? {} : { body }),
    ...(sealed === null ? {} : { sealed }),
  };
}

/**
 * The notification as it is written, in at most so many bytes of UTF-8: with less of its body where it would be more, then of its title, and
 * without what is sealed, which is of no use when cut: the app asks the server then.
 * @param write shorter for less of a text
 */
export function fitted(
  notification: PushNotification,
  write: (notification: PushNotification) => string,
  mostBytes = MOST_BYTES,
): string {
  const fits = (text: string) => Buffer.byteLength(text) <= mostBytes;
  const whole = write(notification);
  if (fits(whole)) return whole;
  let shorter: PushNotification = { ...notification, sealed: null };
  for (const part of ['body', 'title'] as const) {
    const text = shorter[part];
    if (text === null) continue;
    const looked = text.slice(0, MOST_CHARACTERS);
    const characters = [...segmenter.segment(looked)].map(({ segment }) => segment);
    const cutTo = (count: number) => {
      const whole = count === characters.length && looked === text;
      return { ...shorter, [part]: whole ? text : cut(characters, count) };
    };
    let least = 0;
    let most = characters.length;
    while (least < most) {
      const middle = Math.ceil((least + most) / 2);
      if (fits(write(cutTo(middle)))) least = middle;
      else most = middle - 1;
    }
    shorter = cutTo(least);
    const written = write(shorter);
    if (fits(written)) return written;
  }
  return write(shorter);
}

/** By what a person takes for a character: none is cut in two. */
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const cut = (characters: readonly string[], count: number) =>
  `${characters.slice(0, count).join('').trimEnd()}…`;

/** A UUID (RFC 9562 §5.8) for vendors that want one: the same for every attempt at one notification of one device. */
export function notificationId({ event, device }: Pick<PushNotification, 'event' | 'device'>): string {
  const hash = createHash('sha256').update(`dunlin push ${device} ${event}`).digest();
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Nothing of it can be shown as it is: an app has to open what is sealed, or to ask the server. */
export function isSilent({ title, sealed }: Pick<PushNotification, 'title' | 'sealed'>): boolean {
  return title === null && sealed === null;
}
