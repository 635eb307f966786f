import type { Links, MailList } from '../links.ts';
import type { MailSettings } from '../settings.ts';
import { counted, fill, type Language, languages, moment } from '../words/words.ts';
import { oneLine, unlinked } from './clean.ts';
import type { Letter } from './letter.ts';

/** Whom a letter is for. */
export interface Reader {
  user: string;
  username: string;
  /** What others see; null: none. */
  name: string | null;
  language: Language;
  /** Of the times in it. */
  zone: string;
}

/** What is unread in a conversation, as far as the reader wants to see it in a mail. */
export interface DigestPart {
  /** Null: not to be told. */
  title: string | null;
  group: boolean;
  count: number;
  senders: string[];
  excerpts: { sender: string; text: string }[];
}

export interface Letters {
  verify(to: Reader, token: string, until: number): Letter;
  reset(to: Reader, token: string, until: number): Letter;
  password(to: Reader, at: number): Letter;
  address(to: Reader, what: 'replaced' | 'removed'): Letter;
  device(to: Reader, what: { device: string | null; at: number; network: string | null }): Letter;
  /** `parts`: a few of the conversations, or none when nothing but the number is to be told; `more`: how many there are beside. */
  digest(to: Reader, total: number, parts: DigestPart[], more: number): Letter;
}

const MOST_NAME = 80;
const MOST_EXCERPT = 140;

const name = (text: string) => unlinked(text, MOST_NAME);

export function createLetters(
  settings: Pick<MailSettings, 'name' | 'publicUrl'>,
  links: Pick<Links, 'unsubscribe'>,
): Letters {
  const { publicUrl } = settings;
  const service = oneLine(settings.name, MOST_NAME);

  function about(to: Reader) {
    const words = languages[to.language];
    const values = { service, username: name(to.username) };
    const time = (at: number) => moment(to.language, at, to.zone);
    return {
      words,
      values,
      time,
      say: (text: string, more: Record<string, string> = {}) => fill(text, { ...values, ...more }),
      letter: (subject: string, rest: Omit<Letter, 'language' | 'subject' | 'footer'>): Letter => ({
        language: to.language,
        subject,
        ...rest,
        paragraphs: [fill(words.greeting, { name: name(to.name ?? to.username) }), ...rest.paragraphs],
        footer: fill(words.footer, values),
      }),
      stop: (list: MailList) => ({
        list,
        label: words.unsubscribe,
        url: `${publicUrl}/mail/unsubscribe/${links.unsubscribe(to.user, list)}`,
      }),
    };
  }

  return {
    verify(to, token, until) {
      const { words, say, letter, time } = about(to);
      const { verify } = words;
      return letter(verify.subject, {
        paragraphs: [say(verify.text)],
        action: { label: verify.action, url: `${publicUrl}/mail/verify/${token}` },
        after: [say(verify.until, { time: time(until) }), words.ignore],
      });
    },

    reset(to, token, until) {
      const { words, say, letter, time } = about(to);
      const { reset } = words;
      return letter(reset.subject, {
        paragraphs: [say(reset.text), reset.effect],
        action: { label: reset.action, url: `${publicUrl}/mail/reset/${token}` },
        after: [say(reset.until, { time: time(until) }), words.ignore],
      });
    },

    password(to, at) {
      const { words, say, letter, time } = about(to);
      const { password } = words;
      return letter(password.subject, {
        paragraphs: [say(password.text, { time: time(at) }), password.advice],
      });
    },

    address(to, what) {
      const { words, say, letter } = about(to);
      return letter(words.address.subject, { paragraphs: [say(words.address[what]), words.address.advice] });
    },

    device(to, { device, at, network }) {
      const { words, say, letter, time, stop } = about(to);
      const one = words.device;
      const facts = [
        device === null ? one.unnamed : say(one.name, { device: name(device) }),
        say(one.time, { time: time(at) }),
        ...(network === null ? [] : [say(one.network, { network })]),
      ];
      return letter(one.subject, {
        paragraphs: [say(one.text), ...facts],
        action: { label: one.action, url: `${publicUrl}/app/settings/devices` },
        after: [one.advice],
        stop: stop('notices'),
      });
    },

    digest(to, total, parts, more) {
      const { words, say, letter, stop } = about(to);
      const { digest } = words;
      const sections = parts.map(({ title, group, count, senders, excerpts }) => {
        const who = senders.map(name).join(', ');
        const many = counted(to.language, digest.inConversation, count);
        const head = title === null ? (group ? digest.group : digest.someone) : name(title);
        return {
          title: `${head} · ${many}`,
          lines: [
            ...(group && who !== '' ? [say(digest.from, { names: who })] : []),
            ...excerpts.map(({ sender, text }) =>
              group ? `${name(sender)}: ${unlinked(text, MOST_EXCERPT)}` : unlinked(text, MOST_EXCERPT),
            ),
          ],
        };
      });
      return letter(counted(to.language, digest.subject, total), {
        paragraphs: [counted(to.language, digest.text, total)],
        sections:
          more > 0 ? [...sections, { title: counted(to.language, digest.more, more), lines: [] }] : sections,
        action: { label: say(words.open), url: `${publicUrl}/` },
        stop: stop('digests'),
      });
    },
  };
}
