import { linksIn } from './links.ts';

/** Text with its marks: a tree that is drawn as elements and text, never as HTML. */
export type Part =
  | { type: 'text'; text: string }
  | { type: 'strong' | 'em' | 'del'; parts: Part[] }
  /** In one line. */
  | { type: 'code'; text: string }
  /** Lines of their own. */
  | { type: 'block'; text: string }
  | { type: 'link'; text: string; href: string; shown: string }
  | { type: 'mention'; text: string; user: string };

export interface Mentioned {
  user: string;
  name: string;
}

const MARKS = { '*': 'strong', _: 'em', '~': 'del' } as const;
type Mark = keyof typeof MARKS;

const MARK_OF = { strong: '*', em: '_', del: '~' } as const;

/** `*bold*`, `_italic_`, `~struck~`, `code`, blocks between three backticks, links and mentions. Takes a time linear in the text. */
export function partsOf(text: string, mentioned: readonly Mentioned[] = []): Part[] {
  const parts: Part[] = [];
  let from = 0;
  while (from < text.length) {
    const open = text.indexOf('```', from);
    const close = open === -1 ? -1 : text.indexOf('```', open + 3);
    if (close === -1) break;
    if (open > from) parts.push(...lines(text.slice(from, open), mentioned));
    parts.push({ type: 'block', text: text.slice(open + 3, close) });
    from = close + 3;
  }
  if (from < text.length) parts.push(...lines(text.slice(from), mentioned));
  return parts;
}

/** The text that parts were made of. */
export function sourceOf(parts: readonly Part[]): string {
  return parts
    .map((part) => {
      switch (part.type) {
        case 'code':
          return `\`${part.text}\``;
        case 'block':
          return `\`\`\`${part.text}\`\`\``;
        case 'strong':
        case 'em':
        case 'del':
          return `${MARK_OF[part.type]}${sourceOf(part.parts)}${MARK_OF[part.type]}`;
        default:
          return part.text;
      }
    })
    .join('');
}

/** Marks do not reach over the end of a line. */
function lines(text: string, mentioned: readonly Mentioned[]): Part[] {
  const atoms = atomsIn(text, mentioned);
  const parts: Part[] = [];
  let next = 0;
  let from = 0;
  while (from < text.length) {
    const at = text.indexOf('\n', from);
    const to = at === -1 ? text.length : at + 1;
    const here: Atom[] = [];
    while (next < atoms.length && atoms[next]!.start < to) here.push(atoms[next++]!);
    for (const part of line(text, from, to, here)) append(parts, part);
    from = to;
  }
  return parts;
}

interface Atom {
  start: number;
  end: number;
  part: Part;
}

/** What marks are not looked for in: code, links, mentions; ascending, apart from one another, each within its line. */
function atomsIn(text: string, mentioned: readonly Mentioned[]): Atom[] {
  const atoms: Atom[] = [];
  for (const found of text.matchAll(/`([^`\n]+)`/g))
    atoms.push({
      start: found.index,
      end: found.index + found[0].length,
      part: { type: 'code', text: found[1]! },
    });
  for (const { start, end, href, shown } of linksIn(text))
    atoms.push({ start, end, part: { type: 'link', text: text.slice(start, end), href, shown } });
  atoms.push(...mentionsIn(text, mentioned));
  // Of two in one place the one that begins first counts.
  atoms.sort((a, b) => a.start - b.start);
  let end = 0;
  return atoms.filter((atom) => {
    if (atom.start < end) return false;
    end = atom.end;
    return true;
  });
}

function mentionsIn(text: string, mentioned: readonly Mentioned[]): Atom[] {
  const atoms: Atom[] = [];
  // The longest first: `@Ann Lee` is not `@Ann`.
  const names = mentioned
    .filter(({ name }) => name !== '' && !name.includes('\n'))
    .sort((a, b) => b.name.length - a.name.length);
  if (names.length === 0) return atoms;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const found = names.find(({ name }) => text.startsWith(name, at + 1));
    if (found === undefined) continue;
    const end = at + 1 + found.name.length;
    if (/[\p{L}\p{N}]/u.test(charAt(text, end))) continue;
    atoms.push({ start: at, end, part: { type: 'mention', text: text.slice(at, end), user: found.user } });
  }
  return atoms;
}

interface Open {
  mark: Mark | null;
  parts: Part[];
}

function line(text: string, from: number, to: number, atoms: readonly Atom[]): Part[] {
  const stack: Open[] = [{ mark: null, parts: [] }];
  const add = (part: Part) => append(stack.at(-1)!.parts, part);
  /** What was opened and is not closed is text. */
  const give = (depth: number) => {
    while (stack.length > depth) {
      const { mark, parts } = stack.pop()!;
      add({ type: 'text', text: mark! });
      for (const part of parts) add(part);
    }
  };
  let next = 0;
  for (let at = from; at < to; ) {
    const atom = atoms[next];
    if (atom !== undefined && atom.start === at) {
      add(atom.part);
      at = atom.end;
      next++;
      continue;
    }
    const char = text[at]!;
    if (char === '*' || char === '_' || char === '~') {
      const open = stack.findIndex(({ mark }) => mark === char);
      if (open !== -1 && closes(text, at, to) && !isEmpty(stack, open)) {
        give(open + 1);
        const { parts } = stack.pop()!;
        add({ type: MARKS[char], parts });
      } else if (open === -1 && opens(text, at, from)) stack.push({ mark: char, parts: [] });
      else add({ type: 'text', text: char });
      at++;
      continue;
    }
    let end = at + 1;
    const stop = atom?.start ?? to;
    while (end < stop && !isMark(text[end]!)) end++;
    add({ type: 'text', text: text.slice(at, end) });
    at = end;
  }
  give(1);
  return stack[0]!.parts;
}

const isMark = (char: string) => char === '*' || char === '_' || char === '~';
const isEmpty = (stack: readonly Open[], open: number) =>
  open === stack.length - 1 && stack[open]!.parts.length === 0;

/** A mark opens at the beginning of a word, and closes at its end: `a*b*c` and `snake_case_name` are as they are. */
function opens(text: string, at: number, from: number): boolean {
  return (at === from || !isWord(charBefore(text, at))) && !isSpace(text[at + 1] ?? ' ');
}

function closes(text: string, at: number, to: number): boolean {
  return !isSpace(text[at - 1] ?? ' ') && (at + 1 >= to || !isWord(charAt(text, at + 1)));
}

const isSpace = (char: string) => /\s/u.test(char);
const isWord = (char: string) => /[\p{L}\p{N}]/u.test(char);
const charAt = (text: string, at: number) =>
  at < text.length ? String.fromCodePoint(text.codePointAt(at)!) : '';
const charBefore = (text: string, at: number) =>
  /[\udc00-\udfff]/.test(text[at - 1] ?? '') && at > 1 ? text.slice(at - 2, at) : (text[at - 1] ?? '');

/** Text joins the text before it. */
function append(parts: Part[], part: Part): void {
  const last = parts.at(-1);
  if (part.type === 'text' && last?.type === 'text') last.text += part.text;
  else parts.push(part.type === 'text' ? { ...part } : part);
}
