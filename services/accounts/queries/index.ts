import type { QueryRules } from '../../queries.ts';
import type { AccountParts } from '../parts.ts';
import { blocksList } from './blocks-list.ts';
import { contactsList } from './contacts-list.ts';
import { devicesList } from './devices-list.ts';
import { privacyGet } from './privacy-get.ts';
import { profileGet } from './profile-get.ts';
import { userFind } from './user-find.ts';

export function accountQueries(parts: AccountParts): QueryRules[] {
  return [
    profileGet(parts),
    userFind(parts),
    contactsList(parts),
    blocksList(parts),
    devicesList(parts),
    privacyGet(parts),
  ] as QueryRules[];
}
