import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { contractTypes } from './contract-types.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const IMPORT = /(from\s*|import\s*\(?\s*)(['"])(\.{1,2}\/[^'"]+)\2/g;

/** What a package is made of. */
export interface PackageSource {
  /** A tsconfig.json that names the entries. */
  project: string;
  /** Modules that others may import, as paths in the checkout, without their endings. */
  entries: readonly string[];
  /** Modules of the checkout that come in packages of their own: path without its ending, name of the package. */
  others?: Readonly<Record<string, string>>;
}

const sdk: PackageSource = {
  project: fileURLToPath(new URL('./tsconfig.json', import.meta.url)),
  entries: ['clients/sdk/index', 'clients/sdk/node', 'clients/sdk/indexeddb'],
};

/**
 * Writes what is published into `folder`: modules and declarations as they are in the source, one file each, so that who imports
 * little loads little. The schemas of the contract stay behind: types take their place.
 */
export async function buildPackage(folder: string, source = sdk): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  try {
    await promisify(execFile)(process.execPath, [tsc, '-p', source.project, '--outDir', folder]);
  } catch (error) {
    throw new Error(`tsc:\n${(error as { stdout?: string }).stdout}`, { cause: error });
  }
  const types = contractTypes();
  for (const [file, text] of Object.entries(types)) {
    await mkdir(dirname(join(folder, 'protocol', file)), { recursive: true });
    await writeFile(join(folder, 'protocol', file), text);
  }
  const kept = new Set<string>();
  const others = new Map(
    Object.entries(source.others ?? {}).map(([module, name]) => [join(folder, module), name]),
  );
  for (const entry of source.entries) {
    await reach(join(folder, `${entry}.js`), '.js', others, kept);
    await reach(join(folder, `${entry}.d.ts`), '.d.ts', others, kept);
  }
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath, file.name);
    if (file.isFile() && !kept.has(path)) await rm(path);
  }
}

/** Follows the imports of a file; in declarations they are made to name what there is, and what is of another package by its name. */
async function reach(
  file: string,
  ending: '.js' | '.d.ts',
  others: ReadonlyMap<string, string>,
  kept: Set<string>,
): Promise<void> {
  if (kept.has(file)) return;
  kept.add(file);
  const text = await readFile(file, 'utf8');
  const packageOf = (path: string) => others.get(join(dirname(file), path.replace(/\.(js|ts)$/, '')));
  const named = text.replace(
    IMPORT,
    (_, before, quote, path) => `${before}${quote}${packageOf(path) ?? path.replace(/\.ts$/, '.js')}${quote}`,
  );
  if (named !== text) await writeFile(file, named);
  for (const [, , , path] of named.matchAll(IMPORT))
    await reach(join(dirname(file), path!.replace(/\.js$/, ending)), ending, others, kept);
}
