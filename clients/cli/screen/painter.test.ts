import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Frame, Painter } from './painter.ts';
import { ansiOf, type Line, span, widthOfLine } from './spans.ts';

const ESC = '\u001b';
/** Everything that the painter may write beside text. */
const OWN = new RegExp(`${ESC}\\[(?:\\d+;\\d+H|\\d+X|2J|[\\d;]+m|\\?25[lh]|\\?2026[lh])`, 'g');

const frame = (lines: Line[], more: Partial<Frame> = {}): Frame => ({
  columns: 40,
  rows: 10,
  panes: [
    { column: 0, row: 0, width: 10, lines: lines.map((_, at) => [span(`left ${at}`)]) },
    { column: 11, row: 0, width: 29, lines },
  ],
  caret: null,
  ...more,
});

describe('the painter', () => {
  it('writes only the rows that are not as they were, each at its own place', () => {
    const painter = new Painter(true);
    painter.paint(frame([[span('one')], [span('two')], [span('three')]]));
    const second = painter.paint(frame([[span('one')], [span('2')], [span('three')]]));
    assert.match(second, new RegExp(`${ESC}\\[2;12H${ESC}\\[29X2`));
    assert.doesNotMatch(second, /one|three|left/);
    assert.equal(painter.paint(frame([[span('one')], [span('2')], [span('three')]])), '');
  });

  it('draws again what stands to the right of what is new: it may have been drawn over', () => {
    const painter = new Painter(true);
    const left = (text: string): Frame => ({
      ...frame([]),
      panes: [
        { column: 11, row: 0, width: 5, lines: [[span('right')]] },
        { column: 0, row: 0, width: 10, lines: [[span(text)]] },
      ],
    });
    painter.paint(left('👍'));
    assert.match(painter.paint(left('👍🏽')), /👍🏽.*right/);
  });

  it('draws everything where the panes are others, and when it is told to', () => {
    const painter = new Painter(true);
    const lines: Line[] = [[span('one')]];
    painter.paint(frame(lines));
    assert.match(painter.paint(frame(lines, { columns: 50 })), /\[2J.*left 0.*one/s);
    painter.forget();
    assert.match(painter.paint(frame(lines, { columns: 50 })), /\[2J.*left 0.*one/s);
  });

  it('lets nobody paint: the only control characters are its own, and no row is wider than its pane', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ESC, '\u009b', '\u0007', '[2J', '\n', '\r', '\t', '東', '👍🏽', '\u202e'),
      maxLength: 40,
    });
    const line = fc.array(fc.record({ text, bold: fc.boolean(), inverse: fc.boolean() }), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), fc.boolean(), (lines, colors) => {
        const painted = new Painter(colors).paint(frame(lines));
        assert.doesNotMatch(painted.replaceAll(OWN, ''), /[\p{Cc}\u202e]/u);
        for (const one of lines)
          assert.ok(widthOfLine([span(ansiOf(one, 29, false).replaceAll(OWN, ''))]) <= 29);
      }),
    );
  });

  it('writes no colours where there are none', () => {
    assert.equal(ansiOf([span('x', { color: 'red', bold: true })], 5, false), `${ESC}[1mx${ESC}[0m`);
    assert.equal(ansiOf([span('x', { color: 'red' })], 5, true), `${ESC}[31mx${ESC}[0m`);
  });
});
