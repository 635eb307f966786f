/** The people, devices and conversations of every example: fixed, so that the documents do not change by themselves. */
export const alice = '01940000-0000-7000-8000-0000000a11ce';
export const alicesPhone = '01940000-0000-7000-8000-00a11ce0d001';
export const alicesWebhook = '01940000-0000-4000-8000-00a11ce00eb0';
export const bob = '01940000-0000-7000-8000-000000000b0b';
export const cleo = '01940000-0000-7000-8000-00000000c1e0';
/** The conversation of alice and bob: derived from both ids, see docs/adr/0002-ids.md. */
export const aliceAndBob = 'b13a89af-bb38-8f84-bc97-fba9c5e2f8b8';
/** The id of the command that made the group. */
export const boats = '01940000-0000-7000-8000-0000000b0a75';
/** 2024-12-26T12:00:00Z, in milliseconds. */
export const noon = 1_735_214_400_000;

/** The id of a command: a UUIDv7 that says which example it is. */
export const commandId = (number: number) => `01940000-0000-7000-8000-${String(number).padStart(12, '0')}`;
