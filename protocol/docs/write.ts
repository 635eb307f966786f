/** Writes the generated pages of the contract into docs/. */
import { writeFileSync } from 'node:fs';
import { documents } from './documents.ts';

for (const [file, make] of Object.entries(documents))
  writeFileSync(new URL(`../../docs/${file}`, import.meta.url), make());
