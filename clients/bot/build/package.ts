import { fileURLToPath } from 'node:url';
import { buildPackage, type PackageSource } from '../../sdk/build/package.ts';

/** The framework as it is published: on the SDK, which is a package of its own. */
const source: PackageSource = {
  project: fileURLToPath(new URL('./tsconfig.json', import.meta.url)),
  entries: ['clients/bot/index'],
  others: { 'clients/sdk/index': '@dunlin/sdk', 'clients/sdk/node': '@dunlin/sdk/node' },
};

export const buildBotPackage = (folder: string): Promise<void> => buildPackage(folder, source);
