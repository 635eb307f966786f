import { graphemesOf, widthOf } from '../../clients/cli/text/width.ts';

/** Of one cell, pixels. */
const [WIDE, HIGH] = [8.4, 18];
const PAGE = '#16181d';
const TEXT = '#d7dae0';
/** The colours that a terminal has by number. */
const COLORS: Record<number, string> = {
  31: '#f7768e',
  32: '#9ece6a',
  33: '#e0af68',
  34: '#7aa2f7',
  35: '#bb9af7',
  36: '#5cc8d7',
  92: '#b9f27c',
  93: '#ffd88a',
  94: '#9ab8ff',
  95: '#d0b3ff',
  96: '#7de3f0',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: what styles begin with
const STYLE = /(\u001b\[[\d;]*m)/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const CODES = /^\u001b\[([\d;]*)m$/;

interface Look {
  color: string | null;
  bold: boolean;
  dim: boolean;
  inverse: boolean;
}

/** A picture of what `tmux capture-pane -e` tells: letters where they stand, colours, bold, dim and inverse. */
export function svgOf(captured: string, columns: number, rows: number): string {
  const width = Math.ceil(columns * WIDE) + 24;
  const height = rows * HIGH + 24;
  let look: Look = { color: null, bold: false, dim: false, inverse: false };
  const parts: string[] = [];
  for (const [row, line] of captured.split('\n').slice(0, rows).entries()) {
    let column = 0;
    for (const piece of line.split(STYLE)) {
      const codes = CODES.exec(piece)?.[1];
      if (codes !== undefined) {
        for (const code of (codes || '0').split(';').map(Number)) look = styled(look, code);
        continue;
      }
      parts.push(...drawn(piece, look, column, row));
      column += widthOf(piece);
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="The terminal client">
<rect width="100%" height="100%" rx="8" fill="${PAGE}"/>
<g font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" xml:space="preserve" transform="translate(12 12)">
${parts.join('\n')}
</g>
</svg>
`;
}

function styled(look: Look, code: number): Look {
  if (code === 0) return { color: null, bold: false, dim: false, inverse: false };
  if (code === 1) return { ...look, bold: true };
  if (code === 2) return { ...look, dim: true };
  if (code === 7) return { ...look, inverse: true };
  if (code === 39) return { ...look, color: null };
  return { ...look, color: COLORS[code] ?? look.color };
}

function drawn(text: string, look: Look, column: number, row: number): string[] {
  if (text === '') return [];
  const color = look.color ?? TEXT;
  const x = (at: number) => (at * WIDE).toFixed(1);
  const parts = look.inverse
    ? [
        `<rect x="${x(column)}" y="${row * HIGH}" width="${x(widthOf(text))}" height="${HIGH}" fill="${color}"/>`,
      ]
    : [];
  // Runs of letters of one column, stretched to their place whatever the font; each wide one at a place of its own.
  let run = '';
  let at = column;
  const end = () => {
    if (run.trim() !== '') parts.push(textAt(run, at - run.length, row, look, color));
    run = '';
  };
  for (const letter of graphemesOf(text)) {
    const wide = widthOf(letter);
    if (letter.length === 1 && wide === 1) run += letter;
    else {
      end();
      parts.push(textAt(letter, at, row, look, color));
    }
    at += wide;
  }
  end();
  return parts;
}

function textAt(letters: string, column: number, row: number, look: Look, color: string): string {
  const escaped = letters.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll(' ', '\u00a0');
  const weight = look.bold ? ' font-weight="bold"' : '';
  const opacity = look.dim ? ' opacity="0.6"' : '';
  const place = `x="${(column * WIDE).toFixed(1)}" y="${row * HIGH + 13}" textLength="${(widthOf(letters) * WIDE).toFixed(1)}"`;
  return `<text ${place} fill="${look.inverse ? PAGE : color}"${weight}${opacity}>${escaped}</text>`;
}
