import { referenceOf } from '../../sdk/build/reference.ts';

/** Where it begins in docs/BOTS.md; it goes to the end of the page. */
const BEGINS = '<!-- From here on written by `node clients/bot/build/write-reference.ts`. -->\n';

/** The page with the reference of a built package at its end. */
export async function withReference(page: string, folder: string): Promise<string> {
  const [before, ...more] = page.split(BEGINS);
  if (more.length !== 1) throw new Error('there is no place for the reference');
  return `${before}${BEGINS}${await referenceOf(folder, { '@dunlin/bot': 'clients/bot/index' })}`;
}
