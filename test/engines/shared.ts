import type { EngineName } from './index.ts';

/** The variable by which `npm run test:services` tells the tests of a server that all of them share. */
export const variableOf = (name: EngineName): string => `TEST_${name.toUpperCase()}_URL`;

/**
 * The shared server of a kind, or why there is none: then `describe(…, { skip })`. In CI a missing server is a failure, not a skip: the
 * runner ends before the tests begin. Tests share it: each has names of its own in it.
 */
export function sharedEngine(name: EngineName): { url: string; skip: string | false } {
  const url = process.env[variableOf(name)];
  return url === undefined
    ? { url: '', skip: `no ${name}: run it by npm run test:services` }
    : { url, skip: false };
}
