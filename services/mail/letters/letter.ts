import type { MailList } from '../links.ts';
import { directionOf, type Language } from '../words/words.ts';
import { escaped, oneLine } from './clean.ts';

/** What a mail says, before it is made into text and HTML. All of it is plain text; what people typed has been through `clean.ts`. */
export interface Letter {
  language: Language;
  subject: string;
  paragraphs: string[];
  /** Of conversations, with what was said in them. */
  sections?: { title: string; lines: string[] }[];
  action?: { label: string; url: string };
  /** Below what the mail is about. */
  after?: string[];
  footer: string;
  /** Absent: it cannot be stopped. */
  stop?: { list: MailList; label: string; url: string };
}

const MOST_SUBJECT = 120;

export function subjectOf({ subject }: Pick<Letter, 'subject'>): string {
  return oneLine(subject, MOST_SUBJECT);
}

/** RFC 3676 §4.3: two hyphens and a space begin what is below a mail. */
const SIGNATURE = '-- ';

export function textOf({ paragraphs, sections = [], action, after = [], footer, stop }: Letter): string {
  const blocks = [
    ...paragraphs,
    ...sections.map(({ title, lines }) => [title, ...lines.map((line) => `  ${line}`)].join('\n')),
    ...(action === undefined ? [] : [`${action.label}:\n${action.url}`]),
    ...after,
    [SIGNATURE, footer, ...(stop === undefined ? [] : [`${stop.label}: ${stop.url}`])].join('\n'),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** Colours for both schemes; what knows no style sheets shows it in its own. */
const STYLE = [
  ':root{color-scheme:light dark}',
  'body{margin:0;padding:24px 16px;background:#f4f5f7;color:#1b1f24;font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}',
  '.card{max-width:560px;margin:0 auto;padding:24px;background:#fff;border-radius:12px}',
  'h1{margin:0 0 16px;font-size:20px;line-height:1.3}',
  'h2{margin:16px 0 4px;font-size:16px}',
  'p{margin:0 0 12px}',
  '.line{margin:0 0 4px;color:#4a525c}',
  '.button{display:inline-block;padding:12px 20px;border-radius:8px;background:#0b5f6b;color:#fff;text-decoration:none;font-weight:600}',
  '.foot{max-width:560px;margin:16px auto 0;color:#5b6470;font-size:13px}',
  '.foot a{color:inherit}',
  '@media (prefers-color-scheme:dark){body{background:#14171a;color:#e8eaed}.card{background:#1f2327}.line{color:#b4bac2}.foot{color:#9aa2ac}.button{background:#5cc3d1;color:#06262b}}',
].join('');

/** Nothing in it is fetched from anywhere. */
export function htmlOf(letter: Letter): string {
  const { language, paragraphs, sections = [], action, after = [], footer, stop } = letter;
  const p = (text: string) => `<p>${escaped(text)}</p>`;
  const link = (url: string, label: string, attributes = '') =>
    `<a href="${escaped(url)}"${attributes}>${escaped(label)}</a>`;
  const body = [
    `<h1>${escaped(subjectOf(letter))}</h1>`,
    ...paragraphs.map(p),
    ...sections.map(
      ({ title, lines }) =>
        `<h2>${escaped(title)}</h2>${lines.map((line) => `<p class="line">${escaped(line)}</p>`).join('')}`,
    ),
    ...(action === undefined ? [] : [`<p>${link(action.url, action.label, ' class="button"')}</p>`]),
    ...after.map(p),
  ].join('\n');
  const stopping = stop === undefined ? '' : ` ${link(stop.url, stop.label)}`;
  return `<!doctype html>
<html lang="${language}" dir="${directionOf(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(subjectOf(letter))}</title>
<style>${STYLE}</style>
</head>
<body>
<div class="card">
${body}
</div>
<div class="foot">${escaped(footer)}${stopping}</div>
</body>
</html>
`;
}
