import { inert } from '../text/printable.ts';
import { cut, widthOf } from '../text/width.ts';

/** Of the sixteen that every terminal has, as the user has set them. */
export type Color =
  | 'red'
  | 'green'
  | 'yellow'
  | 'blue'
  | 'magenta'
  | 'cyan'
  | 'brightGreen'
  | 'brightYellow'
  | 'brightBlue'
  | 'brightMagenta'
  | 'brightCyan';

export interface Style {
  bold?: boolean;
  dim?: boolean;
  inverse?: boolean;
  color?: Color;
}

/** A piece of a row in one style. */
export interface Span extends Style {
  text: string;
}
export type Line = readonly Span[];

const COLORS: Record<Color, number> = {
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
  brightGreen: 92,
  brightYellow: 93,
  brightBlue: 94,
  brightMagenta: 95,
  brightCyan: 96,
};

/** What people are told apart by: no red, that is for errors. */
const PEOPLE = Object.keys(COLORS).filter((color) => color !== 'red') as Color[];

export const span = (text: string, style: Style = {}): Span => ({ ...style, text });
export const dim = (text: string): Span => ({ text, dim: true });
export const bold = (text: string): Span => ({ text, bold: true });

/** Always the same one for a user. */
export function colorOf(user: string): Color {
  let hash = 0;
  for (const letter of user) hash = (hash * 31 + letter.codePointAt(0)!) >>> 0;
  return PEOPLE[hash % PEOPLE.length]!;
}

export const widthOfLine = (line: Line): number => line.reduce((sum, { text }) => sum + widthOf(text), 0);
export const plain = (line: Line): string => line.map(({ text }) => text).join('');
export const inverted = (line: Line): Line => line.map((part) => ({ ...part, inverse: true }));

/** With spaces between, so that the right one ends at the edge; the left one gives way. */
export function spread(left: Line, right: Line, width: number): Line {
  const room = width - widthOfLine(right);
  const kept = cutLine(left, Math.max(0, room - 1));
  return [...kept, span(' '.repeat(Math.max(0, room - widthOfLine(kept)))), ...right];
}

export function centred(line: Line, width: number): Line {
  return [span(' '.repeat(Math.max(0, (width - widthOfLine(line)) >> 1))), ...line];
}

export function cutLine(line: Line, width: number): Line {
  const kept: Span[] = [];
  let left = width;
  for (const part of line) {
    const wide = widthOf(part.text);
    if (wide <= left) {
      kept.push(part);
      left -= wide;
      continue;
    }
    kept.push({ ...part, text: cut(part.text, left) });
    break;
  }
  return kept;
}

/** As a terminal takes it, no wider than `width`. Whatever the texts are, the only control characters are those of the styles. */
export function ansiOf(line: Line, width: number, colors: boolean): string {
  // First, for it is what is measured: a control character has no width, what stands for it has.
  const safe = line.map((part) => ({ ...part, text: inert(part.text) }));
  return cutLine(safe, width)
    .filter(({ text }) => text !== '')
    .map((part) => {
      const codes = [
        ...(part.bold ? [1] : []),
        ...(part.dim ? [2] : []),
        ...(part.inverse ? [7] : []),
        ...(part.color !== undefined && colors ? [COLORS[part.color]] : []),
      ];
      return codes.length === 0 ? part.text : `\u001b[${codes.join(';')}m${part.text}\u001b[0m`;
    })
    .join('');
}
