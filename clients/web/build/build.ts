import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { compress } from './compress.ts';
import { dist, unfinished, web } from './paths.ts';

/** Builds the app into `dist`, with its service worker, compressed. What was there before serves until it is whole. */
export async function buildWeb(): Promise<void> {
  const started = performance.now();
  rmSync(unfinished, { recursive: true, force: true });
  const outDir = unfinished;
  const configFile = join(web, 'vite.config.ts');
  await build({ configFile, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  const shell = shellFiles();
  await build({
    configFile,
    logLevel: 'warn',
    publicDir: false,
    define: { __SHELL__: JSON.stringify(shell.paths), __VERSION__: JSON.stringify(shell.version) },
    build: {
      outDir,
      emptyOutDir: false,
      rollupOptions: {
        input: join(web, 'sw/worker.ts'),
        output: { format: 'iife', entryFileNames: 'sw.js' },
      },
    },
  });
  const sizes = compress(outDir);
  writeFileSync(join(unfinished, 'built.json'), JSON.stringify({ version: shell.version }));
  takePlace();
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  process.stdout.write(`The web app was built in ${seconds} s: ${sizes}\n`);
}

/** Two names are changed, so that nothing is served for no longer than a moment. */
function takePlace(): void {
  const old = `${unfinished}.old`;
  try {
    renameSync(dist, old);
  } catch {
    // The first one; or another build is doing the same.
  }
  try {
    renameSync(unfinished, dist);
  } catch {
    // Another was faster, with the same sources.
    rmSync(unfinished, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
}

/** What the app needs to open without a connection, as paths of URLs, and a name for exactly these. */
function shellFiles(): { paths: string[]; version: string } {
  const files = readdirSync(unfinished, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(join(unfinished, file)).isFile())
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(unfinished, file)));
  return {
    paths: files.map((file) => (file === 'index.html' ? '/' : `/${file}`)),
    version: hash.digest('hex').slice(0, 16),
  };
}
