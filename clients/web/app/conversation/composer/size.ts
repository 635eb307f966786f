import { type Content, MAX_CONTENT_BYTES } from '../../../../sdk/index.ts';

const encoder = new TextEncoder();

/** Bytes of a content as it travels. */
export const contentBytes = (content: Content): number => encoder.encode(JSON.stringify(content)).length;

/** How many bytes a content is over what one message may have; 0: it fits. */
export const tooLarge = (content: Content): number => Math.max(0, contentBytes(content) - MAX_CONTENT_BYTES);
