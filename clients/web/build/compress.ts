import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const texts = new Set(['.js', '.css', '.html', '.svg', '.json', '.webmanifest']);
/** What is smaller is in one packet anyway, bytes. */
const LEAST_BYTES = 1_000;

/** Puts a `.br` and a `.gz` beside every text: once, as well as it goes. Returns how large the scripts are, for people. */
export function compress(folder: string): string {
  let scripts = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (!texts.has(extname(path)) || statSync(path).size < LEAST_BYTES) continue;
    const text = readFileSync(path);
    const zipped = gzipSync(text, { level: 9 });
    writeFileSync(`${path}.gz`, zipped);
    writeFileSync(
      `${path}.br`,
      brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }),
    );
    if (path.endsWith('.js')) scripts += zipped.length;
  }
  return `scripts ${Math.round(scripts / 1_000)} kB gzipped`;
}
