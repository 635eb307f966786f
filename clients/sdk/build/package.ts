import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { contractTypes } from './contract-types.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const IMPORT = /(from\s*|import\s*\(?\s*)(['"])(\.{1,2}\/[^'"]+)\2/g;

/**
 * Writes what is published into `folder`: modules and declarations as they are in the source, one file each, so that who imports
 * little loads little. The schemas of the contract stay behind: types take their place.
 */
export async function buildPackage(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const project = fileURLToPath(new URL('./tsconfig.json', import.meta.url));
  try {
    await promisify(execFile)(process.execPath, [tsc, '-p', project, '--outDir', folder]);
  } catch (error) {
    throw new Error(`tsc:\n${(error as { stdout?: string }).stdout}`, { cause: error });
  }
  const entries = ['index', 'node', 'indexeddb'].map((name) => join(folder, `clients/sdk/${name}`));
  const types = contractTypes();
  for (const [file, text] of Object.entries(types)) {
    await mkdir(dirname(join(folder, 'protocol', file)), { recursive: true });
    await writeFile(join(folder, 'protocol', file), text);
  }
  const kept = new Set<string>();
  for (const entry of entries) {
    await reach(`${entry}.js`, '.js', kept);
    await reach(`${entry}.d.ts`, '.d.ts', kept);
  }
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath, file.name);
    if (file.isFile() && !kept.has(path)) await rm(path);
  }
}

/** Follows the imports of a file; in declarations they are made to name what there is. */
async function reach(file: string, ending: '.js' | '.d.ts', kept: Set<string>): Promise<void> {
  if (kept.has(file)) return;
  kept.add(file);
  const text = await readFile(file, 'utf8');
  const named = text.replace(
    IMPORT,
    (_, before, quote, path) => `${before}${quote}${path.replace(/\.ts$/, '.js')}${quote}`,
  );
  if (named !== text) await writeFile(file, named);
  for (const [, , , path] of named.matchAll(IMPORT))
    await reach(join(dirname(file), path!.replace(/\.js$/, ending)), ending, kept);
}
