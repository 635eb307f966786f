import { commandGroups } from '../commands/index.ts';
import { keymap, type Place, shownKey } from '../screen/keymap.ts';
import { PLACES } from '../screen/panels/help-panel.ts';

const cell = (text: string) => text.replaceAll('|', '\\|');
const table = (head: string, rows: string[][]): string =>
  [`| ${head} | what |`, '|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`), ''].join('\n');

/** Keys and commands as README.md has them, made of the tables that the program goes by. */
export function reference(): string {
  const keys = Object.entries(PLACES).map(([place, title]) => {
    const rows = Object.values(keymap)
      .filter((binding) => binding.place === (place as Place))
      .map(({ keys, about }) => {
        const shown = keys[0] === '1' ? ['`1`–`9`'] : keys.map((key) => `\`${shownKey(key)}\``);
        return [shown.join(' '), cell(about)];
      });
    return `### ${title}\n\n${table('key', rows)}`;
  });
  const commands = Object.entries(commandGroups).map(([title, group]) => {
    const rows = Object.entries(group).map(([name, { args, about }]) => [
      `\`/${cell(`${name} ${args}`.trim())}\``,
      cell(about),
    ]);
    return `### ${title}\n\n${table('command', rows)}`;
  });
  return `## Keys\n\n${keys.join('\n')}\n## Commands\n\n${commands.join('\n')}`;
}

const BEGIN = '<!-- made by docs/write.ts: begin -->';
const END = '<!-- end -->';

/** @throws {Error} the marks between which the reference stands are not there */
export function withReference(readme: string): string {
  const from = readme.indexOf(BEGIN);
  const to = readme.indexOf(END);
  if (from === -1 || to < from) throw new Error('README.md has no place for the reference');
  return `${readme.slice(0, from + BEGIN.length)}\n${reference()}${readme.slice(to)}`;
}
