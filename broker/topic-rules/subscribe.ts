import { parseTopic } from '../../protocol/topics.ts';
import type { Visibility } from '../../services/accounts/accounts.ts';
import type { Actor } from '../../services/actor.ts';
import type { Memberships } from '../../services/conversations/memberships.ts';
import type { OpenRules } from '../open/rules.ts';

export interface SubscribeRules {
  memberships: Pick<Memberships, 'role'>;
  visibility: Pick<Visibility, 'mayObserve'>;
  open: OpenRules;
}

/** May the device subscribe to this filter? What is not named here it may not. */
export function maySubscribe(
  { user, device }: Actor,
  filter: string,
  { memberships, visibility, open }: SubscribeRules,
): boolean | Promise<boolean> {
  if (open.owns(filter)) return open.maySubscribe(user, filter);
  const topic = parseTopic(filter);
  switch (topic?.kind) {
    case 'inbox':
      return topic.user === user;
    case 'deviceInbox':
      return topic.user === user && topic.device === device;
    case 'presence':
      if (topic.user === user) return true;
      return visibility.mayObserve(user, topic.user).then(({ presence }) => presence);
    case 'events':
    case 'typing': {
      // Every conversation that the user is in, whichever that is when something happens.
      if (topic.conversation === '+') return true;
      const role = memberships.role(user, topic.conversation);
      return role instanceof Promise ? role.then((known) => known !== null) : role !== null;
    }
    default:
      return false;
  }
}
