/** Builds the package into clients/bot/dist. */
import { fileURLToPath } from 'node:url';
import { buildBotPackage } from './package.ts';

await buildBotPackage(fileURLToPath(new URL('../dist', import.meta.url)));
