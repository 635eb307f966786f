import { writeFileSync } from 'node:fs';
import { referencePage } from './reference.ts';

writeFileSync(new URL('../../docs/CONFIGURATION.md', import.meta.url), referencePage());
