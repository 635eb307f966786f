import { asyncapi } from './asyncapi.ts';
import { errorsPage } from './errors-page.ts';
import { openapi } from './openapi.ts';

const json = (document: unknown) => `${JSON.stringify(document, null, 2)}\n`;

/** Every generated page of the contract: its file in docs/, and how it is made. */
export const documents: Record<string, () => string> = {
  'asyncapi.json': () => json(asyncapi()),
  'openapi.json': () => json(openapi()),
  'ERRORS.md': errorsPage,
};
