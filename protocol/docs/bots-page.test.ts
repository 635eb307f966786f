/** docs/BOTS.md says what the contract says: its scopes, its routes, and every example. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Compile } from 'typebox/compile';
import { botRoutes } from '../http/bots.ts';
import { parseCommand } from '../parse.ts';
import { scopes } from '../scopes.ts';

const page = readFileSync(new URL('../../docs/BOTS.md', import.meta.url), 'utf8');

describe('docs/BOTS.md', () => {
  it('has every scope, and no other', () => {
    const rows = [...page.matchAll(/^\| `([a-z.]+)` \| (.*) \|$/gm)].map(([, name, what]) => [name, what]);
    assert.deepEqual(Object.fromEntries(rows), scopes);
  });

  it('has every route', () => {
    for (const { method, path } of Object.values(botRoutes))
      assert.ok(page.includes(`| \`${method} ${path.replace('{bot}', '{id}')}\` |`), `${method} ${path}`);
  });

  it('shows answers and commands that fit', () => {
    const kinds: string[] = [];
    for (const [, about, json] of page.matchAll(/^```json([^\n]*)\n(.*?)^```$/gms)) {
      if (about!.trim() === 'POST /bots 201') {
        const check = Compile(botRoutes.createBot.answer);
        assert.ok(check.Check(JSON.parse(json!)), JSON.stringify(check.Errors(JSON.parse(json!))[0]));
        kinds.push('answer');
      } else {
        const { command } = parseCommand(new TextEncoder().encode(json));
        assert.equal(command.type, 'message.send');
        if (command.type === 'message.send') kinds.push(command.content.type);
      }
    }
    assert.deepEqual(kinds, ['answer', 'buttons', 'button.press', 'quick_replies']);
  });
});
