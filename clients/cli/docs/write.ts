/** Writes the keys and commands into README.md: `node clients/cli/docs/write.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withReference } from './reference.ts';

const path = new URL('../README.md', import.meta.url);
writeFileSync(path, withReference(readFileSync(path, 'utf8')));
