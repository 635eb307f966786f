import { conversation } from './ar/conversation.ts';
import { errors } from './ar/errors.ts';
import { groups } from './ar/groups.ts';
import { mail } from './ar/mail.ts';
import { media } from './ar/media.ts';
import { notifications } from './ar/notifications.ts';
import { people } from './ar/people.ts';
import { settings } from './ar/settings.ts';
import { shell } from './ar/shell.ts';
import type { Messages } from './en.ts';
import type { Translation } from './messages.ts';

/** Arabic. The compiler holds it against English. */
export const ar: Translation<Messages> = {
  ...shell,
  ...errors,
  ...conversation,
  ...people,
  ...groups,
  ...mail,
  ...media,
  ...notifications,
  ...settings,
};
