import type { Ordering } from './consuming.ts';
import type { StreamedEvent } from './history.ts';

export const EVENT_ORDER: Ordering<StreamedEvent> = {
  keysOf: ({ stream }) => [stream],
  sizeOf: ({ body }) => body.length,
};

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** Names become parts of keys and of names of groups. @throws {Error} when it is none: it comes from the program, not from outside */
export function checkConsumerName(name: string): void {
  if (!NAME.test(name)) throw new Error(`${JSON.stringify(name)} cannot be the name of a consumer`);
}
