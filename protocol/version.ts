/** The version of the contract that this code speaks: `v` of every payload. */
export const VERSION = 1;
