/** Limits that clients keep too, apart from the schemas, so that a client carries no validator. */

/** Most bytes of one message's content as JSON in UTF-8. */
export const MAX_CONTENT_BYTES = 65_536;
/** Deepest nesting of JSON that a command may carry. */
export const MAX_DEPTH = 16;
/** Longest list in a command, outside of its content. */
export const MAX_ITEMS = 1_000;
