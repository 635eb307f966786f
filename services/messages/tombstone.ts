/** Why the content of an event was removed; the name of the field that says so. */
export type Removed = 'deleted' | 'expired';

/** What says where, when, by whom and what about, and nothing of what was said. Anything not named here goes. */
const kept = new Set([
  'v',
  'type',
  'conversation',
  'id',
  'sender',
  'time',
  'kind',
  'peer',
  'reply_to',
  'forwarded',
  'expires',
  'target',
]);

/** The body that takes the place of `body` (JSON text of an event) when its content is removed. Idempotent. */
export function tombstone(body: string, how: Removed): string {
  const event = JSON.parse(body) as Record<string, unknown>;
  const left: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(event)) if (kept.has(field)) left[field] = value;
  left[how] = true;
  return JSON.stringify(left);
}
