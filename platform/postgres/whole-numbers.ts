import { type CustomTypesConfig, types } from 'pg';

/** What did not fit into a number without losing digits. */
export class InexactNumber extends Error {
  constructor() {
    super('a number of the database is not a whole one below 2^53');
    this.name = 'InexactNumber';
  }
}

/**
 * `bigint` and `numeric` as numbers: everything we count stays below 2^53.
 * @throws {InexactNumber} for what does not; never another number than the one that is stored
 */
export const wholeNumbers: CustomTypesConfig = {
  getTypeParser(id, format) {
    if (id === types.builtins.INT8 || id === types.builtins.NUMERIC) return wholeNumber;
    return types.getTypeParser(id, format);
  },
};

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new InexactNumber();
  return value;
}
