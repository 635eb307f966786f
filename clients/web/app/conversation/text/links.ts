import { find } from 'linkifyjs';

/** A link in a text that is safe to offer. */
export interface Link {
  start: number;
  end: number;
  href: string;
  /** What is shown for it: never other than where it leads. */
  shown: string;
}

const PROTOCOLS = new Set(['http:', 'https:', 'mailto:']);
/** Scripts whose letters look like Latin ones. */
const LOOK_ALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;
/** Scripts that are written together as one. */
const SCRIPTS = [
  /^[\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u,
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Common}\p{Script=Inherited}]+$/u,
  ...[
    'Arabic',
    'Hebrew',
    'Cyrillic',
    'Greek',
    'Armenian',
    'Georgian',
    'Devanagari',
    'Bengali',
    'Tamil',
    'Thai',
    'Ethiopic',
  ].map((script) => new RegExp(`^[\\p{Script=${script}}\\p{Script=Common}\\p{Script=Inherited}]+$`, 'u')),
];
/** What turns the direction of what follows, and what is not seen at all. */
const UNSEEN = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu;

/** Links in a text, ascending. Only those of the web and of mail, and none that hides where it leads. */
export function linksIn(text: string): Link[] {
  if (!/[.:@]/.test(text)) return [];
  const links: Link[] = [];
  for (const { href, value, start, end, isLink } of find(text, { defaultProtocol: 'https' })) {
    if (!isLink) continue;
    const shown = shownLink(value, href);
    if (shown !== null) links.push({ start, end, href: new URL(href).href, shown });
  }
  return links;
}

/** null: not to be offered as a link. */
function shownLink(value: string, href: string): string | null {
  const url = URL.parse(href);
  if (url === null || !PROTOCOLS.has(url.protocol)) return null;
  // `https://bank.example@elsewhere.example` leads elsewhere.
  if (url.username !== '' || url.password !== '') return null;
  const clean = value.replace(UNSEEN, '');
  if (url.protocol === 'mailto:') return isPlain(clean) ? clean : null;
  const host = hostIn(clean);
  if (host === null) return null;
  if (isPlain(host) || isHonest(host)) return clean;
  return clean.replace(host, url.host);
}

const isPlain = (text: string) => /^[\x21-\x7e]*$/.test(text);

/** The host as it was written. */
function hostIn(value: string): string | null {
  return /^(?:[a-z]+:\/\/)?([^/?#]+)/iu.exec(value)?.[1] ?? null;
}

/** Whether a name in letters beyond ASCII looks like what it is. */
function isHonest(host: string): boolean {
  const labels = host.replace(/:\d+$/, '').split('.');
  const top = labels.at(-1)!;
  return labels.every((label) => {
    if (!SCRIPTS.some((script) => script.test(label))) return false;
    return !LOOK_ALIKE.test(label) || LOOK_ALIKE.test(top);
  });
}
