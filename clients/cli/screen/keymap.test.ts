import assert from 'node:assert/strict';
import { emitKeypressEvents } from 'node:readline';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { actions } from './actions.ts';
import { type Action, actionOf, keymap, keyName, type Place } from './keymap.ts';

/** What a terminal sends for a key, and what the table calls it. */
const sent: [sequence: string, name: string][] = [
  ['\r', 'enter'],
  ['\u001b\r', 'alt-enter'],
  ['\n', 'ctrl-j'],
  ['\t', 'tab'],
  ['\u001b[Z', 'shift-tab'],
  ['\u001b[5~', 'pageup'],
  ['\u001b[6~', 'pagedown'],
  ['\u001b[A', 'up'],
  ['\u001b[B', 'down'],
  ['\u001b[1;5D', 'ctrl-left'],
  ['\u001b[1;5C', 'ctrl-right'],
  ['\u001b[H', 'home'],
  ['\u001b[F', 'end'],
  ['\u001b[3~', 'delete'],
  ['\u007f', 'backspace'],
  ['\u001bOP', 'f1'],
  ['\u0003', 'ctrl-c'],
  ['\u0006', 'ctrl-f'],
  ['\u000b', 'ctrl-k'],
  ['\u000e', 'ctrl-n'],
  ['\u0010', 'ctrl-p'],
  ['r', 'r'],
  ['R', 'R'],
  ['+', '+'],
  ['?', '?'],
  ['5', '5'],
  ['é', 'é'],
  ['👍', '👍'],
];

async function nameOf(sequence: string): Promise<string> {
  const input = new PassThrough();
  emitKeypressEvents(input);
  const pressed = new Promise<string>((resolve) => {
    input.once('keypress', (character, key) => resolve(keyName(character, key)));
  });
  input.write(sequence);
  return pressed;
}

describe('keys', () => {
  for (const [sequence, name] of sent)
    it(`${JSON.stringify(sequence)} is ${name}`, async () => {
      assert.equal(await nameOf(sequence), name);
    });

  it('do one thing at a place, and something for each', () => {
    const places = new Set(Object.values(keymap).map(({ place }) => place as Place));
    for (const place of places)
      for (const [action, binding] of Object.entries(keymap) as [Action, (typeof keymap)[Action]][]) {
        if (binding.place !== place && binding.place !== 'anywhere') continue;
        for (const key of binding.keys) assert.equal(actionOf(key, place), action, `${key} at ${place}`);
        assert.ok(action in actions || ['quit', 'suspend', 'redraw'].includes(action), action);
      }
  });

  it('of letters are text while one writes', () => {
    for (const key of ['r', 'e', 'd', '+', 'i', '?', '1', 'R']) assert.equal(actionOf(key, 'composer'), null);
    assert.equal(actionOf('R', 'messages'), null);
  });
});
