import type { ChangeRules } from '../../messages/pipeline.ts';
import type { AccountParts } from '../parts.ts';
import { blockAdd } from './block-add.ts';
import { blockRemove } from './block-remove.ts';
import { botUpdate } from './bot-update.ts';
import { contactAdd } from './contact-add.ts';
import { contactRemove } from './contact-remove.ts';
import { deviceAdd } from './device-add.ts';
import { deviceRename } from './device-rename.ts';
import { deviceRevoke } from './device-revoke.ts';
import { privacyUpdate } from './privacy-update.ts';
import { profileUpdate } from './profile-update.ts';

export function accountRules(parts: AccountParts): ChangeRules[] {
  return [
    profileUpdate(parts),
    privacyUpdate(parts),
    contactAdd(parts),
    contactRemove(parts),
    blockAdd(parts),
    blockRemove(parts),
    deviceAdd(),
    deviceRename(parts),
    deviceRevoke(parts),
    botUpdate(parts),
  ] as ChangeRules[];
}
