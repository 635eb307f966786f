import type { people as en } from '../en/people.ts';
import type { Translation } from '../messages.ts';

export const people: Translation<typeof en> = {};
