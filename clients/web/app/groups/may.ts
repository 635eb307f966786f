import type { Role } from '../../../../protocol/commands.ts';

/** What one may do as who one is in a group; the server has the last word. */
export const mayManage = (role: Role | null): boolean => role === 'owner' || role === 'admin';

/** An owner removes anybody, an administrator plain members; nobody themselves: that is leaving. */
export const mayRemove = (role: Role | null, of: Role, isMe: boolean): boolean =>
  !isMe && (role === 'owner' || (role === 'admin' && of === 'member'));

/** The roles that one may give a member, other than the one they have. */
export const rolesFor = (role: Role | null, of: Role): readonly Role[] =>
  role === 'owner' ? (['member', 'admin', 'owner'] as const).filter((one) => one !== of) : [];
