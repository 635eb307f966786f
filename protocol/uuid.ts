/** A UUID in its canonical lower-case text form (RFC 9562 §4). */
export const UUID_PATTERN = '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$';

/** A UUIDv7 (RFC 9562 §5.7): what a client chooses as the id of a command. */
export const UUID_V7_PATTERN = '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$';

const uuid = /* @__PURE__ */ new RegExp(UUID_PATTERN);

export function isUuid(text: string): boolean {
  return text.length === 36 && uuid.test(text);
}
