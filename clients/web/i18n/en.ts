import { conversation } from './en/conversation.ts';
import { errors } from './en/errors.ts';
import { groups } from './en/groups.ts';
import { mail } from './en/mail.ts';
import { media } from './en/media.ts';
import { notifications } from './en/notifications.ts';
import { people } from './en/people.ts';
import { settings } from './en/settings.ts';
import { shell } from './en/shell.ts';

/** English: the truth. Keys begin with the name of their area, and each area has a file of its own. */
export const en = {
  ...shell,
  ...errors,
  ...conversation,
  ...people,
  ...groups,
  ...mail,
  ...media,
  ...notifications,
  ...settings,
} as const;
export type Messages = typeof en;
