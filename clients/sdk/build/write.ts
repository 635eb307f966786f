/** Builds the package into clients/sdk/dist. */
import { fileURLToPath } from 'node:url';
import { buildPackage } from './package.ts';

await buildPackage(fileURLToPath(new URL('../dist', import.meta.url)));
