import type { Payload } from '../harness/device.ts';
import type { Crowd } from './crowd.ts';

/**
 * What of a conversation is for each who ever was in it: in a group from the event that takes somebody in to the one that takes them out,
 * both included; between two people all of it.
 */
export function shownIn(events: readonly Payload[], stream: string, crowd: Crowd): Map<string, Payload[]> {
  const [first] = events;
  if (first?.type !== 'group.created')
    return new Map(crowd.members.get(stream)!.map(({ account }) => [account.user, [...events]]));
  const shown = new Map<string, Payload[]>();
  const inside = new Set<string>();
  for (const event of events) {
    for (const { user } of takenIn(event)) inside.add(user);
    for (const user of inside) shown.set(user, [...(shown.get(user) ?? []), event]);
    if (event.type === 'members.removed') for (const user of event.users) inside.delete(user);
  }
  return shown;
}

/** Who is in the group after all of these. */
export function membersAfter(events: readonly Payload[]): Set<string> {
  const inside = new Set<string>();
  for (const event of events) {
    for (const { user } of takenIn(event)) inside.add(user);
    if (event.type === 'members.removed') for (const user of event.users) inside.delete(user);
  }
  return inside;
}

const takenIn = (event: Payload): { user: string }[] =>
  event.type === 'group.created' || event.type === 'members.added' ? event.members : [];
