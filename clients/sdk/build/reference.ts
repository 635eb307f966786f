import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Names under which modules are imported, and where they are in a built package, without their endings. */
export type Entries = Readonly<Record<string, string>>;

const sdk: Entries = {
  '@dunlin/sdk': 'clients/sdk/index',
  '@dunlin/sdk/indexeddb': 'clients/sdk/indexeddb',
  '@dunlin/sdk/node': 'clients/sdk/node',
};

/** The reference of the SDK, a page. */
export async function reference(folder: string): Promise<string> {
  return `# The SDK

Everything that the package exports, written from its types by \`npm run docs\`. How to begin is in
[its README](../clients/sdk/README.md); there is an [example](../clients/sdk/examples) for each task.
${await referenceOf(folder, sdk)}`;
}

/** Made of the declarations of a built package: what is exported, as it is declared, with what is said about it. */
export async function referenceOf(folder: string, entries: Entries): Promise<string> {
  let page = '';
  for (const [name, entry] of Object.entries(entries)) {
    page += `\n## ${name}\n`;
    const exported = await exportsOf(join(folder, `${entry}.d.ts`));
    for (const [symbol, file] of [...exported].sort(([a], [b]) =>
      a.toLowerCase() < b.toLowerCase() ? -1 : 1,
    )) {
      const { comment, code } = declarationOf(symbol, await readFile(file, 'utf8'));
      page += `\n### ${symbol}\n\n${comment === '' ? '' : `${comment}\n\n`}\`\`\`ts\n${code}\n\`\`\`\n`;
    }
  }
  return page;
}

/** Exported names, and the file that declares each. */
async function exportsOf(file: string): Promise<Map<string, string>> {
  const text = await readFile(file, 'utf8');
  const found = new Map<string, string>();
  const there = (path: string) => join(dirname(file), path.replace(/\.js$/, '.d.ts'));
  for (const [, names, path] of text.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)';/gm))
    for (const name of names!.split(',').map((part) => part.replace(/\btype\b/, '').trim()))
      if (name !== '') found.set(name, (await exportsOf(there(path!))).get(name) ?? there(path!));
  for (const [, path] of text.matchAll(/^export \* from '([^']+)';/gm))
    for (const [name, from] of await exportsOf(there(path!))) found.set(name, from);
  return found;
}

function declarationOf(name: string, text: string): { comment: string; code: string } {
  const start = new RegExp(
    `^export (?:declare )?(?:abstract )?(?:class|function|interface|type|const) ${name}\\b`,
    'm',
  ).exec(text);
  if (start === null) throw new Error(`${name} is exported and not declared`);
  const comment = /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*$/.exec(text.slice(0, start.index))?.[1] ?? '';
  return { comment: prose(comment), code: block(text.slice(start.index)) };
}

/** Up to where its brackets are closed, comments aside. */
function block(text: string): string {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(
    /\/\*[\s\S]*?\*\/|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{}();]/g,
  )) {
    if (token === '{' || token === '(') depth++;
    if (token === '}' || token === ')') depth--;
    const ends =
      depth === 0 &&
      (token === ';' || (token === '}' && /^export (?:declare )?(?:class|interface)/.test(text)));
    if (!ends) continue;
    return text
      .slice(0, index + 1)
      .replace(/^export (?:declare )?/, '')
      .replace(/^ *(?:#private|private .*);\n/gm, '')
      .replace(/^ {4}/gm, '  ');
  }
  throw new Error(`no end: ${text.slice(0, 80)}`);
}

const prose = (comment: string) =>
  comment
    .replace(/^ *\* ?/gm, '')
    .trim()
    .replace(/\{@link (?:\w+\.)?(\w+)\}/g, '`$1`')
    .replace(/@throws/g, '\nThrows')
    .replace(/@param (\w+)/g, '\n`$1`:');
