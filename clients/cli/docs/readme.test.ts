import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { commands } from '../commands/index.ts';
import { readOptions, USAGE } from '../options.ts';
import { keymap } from '../screen/keymap.ts';
import { withReference } from './reference.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('README.md has the keys and commands that there are: node clients/cli/docs/write.ts', () => {
  assert.equal(readme, withReference(readme));
  for (const name of Object.keys(commands)) assert.ok(readme.includes(`\`/${name}`), name);
  for (const { about } of Object.values(keymap)) assert.ok(readme.includes(about), about);
});

it('names no option that is none', () => {
  const options = new Set(
    [...`${readme}\n${USAGE}`.matchAll(/(?<=[\s`])--([a-z]+)/g)].map(([, name]) => name!),
  );
  assert.ok(options.size >= 6);
  for (const name of options) {
    const value = { server: 'http://h', mqtt: 'ws://h' }[name] ?? 'x';
    assert.doesNotThrow(
      () => readOptions(['bell', 'help'].includes(name) ? [`--${name}`] : [`--${name}`, value]),
      name,
    );
  }
});
