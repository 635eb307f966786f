import type { Clock } from '../../platform/clock.ts';
import type { ConversationCache } from '../conversations/cache.ts';
import type { Place } from '../messages/consuming.ts';
import type { StreamedEvent } from '../messages/history.ts';
import type { Grace } from './grace.ts';
import type { Reach } from './reach.ts';
import type { PendingEvent, PushEvents } from './store.ts';

/** Which users have a device connected: the part of the port of nodes that push asks. */
export interface Connected {
  among(users: readonly string[]): ReadonlySet<string> | Promise<ReadonlySet<string>>;
}

/** The durable consumer of the event stream: sees whether anybody may have to be notified, and if so writes the event down. */
export interface Noticing {
  /** @throws {Refused} as storage does; then the same events are to come again */
  handle(events: readonly StreamedEvent[], place: Place): Promise<void>;
}

/** Members that are looked at together. */
const PAGE = 500;
const MOST_TOLD = 50_000;
/** By these one comes into a group. */
const JOINING = new Set(['group.created', 'members.added']);

export function createNoticing(parts: {
  store: Pick<PushEvents, 'noteEvents'>;
  cache: Pick<ConversationCache, 'get'>;
  connected: Connected;
  reach: Reach;
  grace: Pick<Grace, 'watch'>;
  clock: Clock;
  /** Called when there is something to do. */
  onNoted(): void;
}): Noticing {
  const { store, cache, connected, reach, grace, clock, onNoted } = parts;

  /** The newest that this process has written down: they come again whenever the partitions are dealt anew, as long as something else is kept. */
  const told = new Set<string>();

  async function concerned(event: StreamedEvent): Promise<Iterable<string> | null> {
    if (event.type === 'message') {
      const known = await cache.get(event.stream);
      return known === null || known.conversation.kind === 'self' ? null : known.members.keys();
    }
    return JOINING.has(event.type) ? (event.joined ?? []) : null;
  }

  /** `away`: somebody is, and can be reached; `watch`: somebody is there who could be reached else. */
  async function look(users: Iterable<string>, sender: string): Promise<'away' | 'watch' | 'nobody'> {
    let watch = false;
    for (const page of pages(users, sender)) {
      // Without a turn of the loop where all is known: this is on the way of every message.
      const asked = reach.among(page);
      const reachable = asked instanceof Promise ? await asked : asked;
      if (reachable.size === 0) continue;
      const online = connected.among([...reachable]);
      const there = online instanceof Promise ? await online : online;
      if (there.size < reachable.size) return 'away';
      watch = true;
    }
    return watch ? 'watch' : 'nobody';
  }

  return {
    async handle(events, place) {
      const any = reach.any();
      if (!(any instanceof Promise ? await any : any)) return;
      const noted: Omit<PendingEvent, 'after'>[] = [];
      for (const event of events) {
        if (event.type !== 'message' && !JOINING.has(event.type)) continue;
        const users = await concerned(event);
        if (users === null) continue;
        const { stream, seq, time, sender } = event;
        const found = await look(users, sender.user);
        // Of what a former process has seen to, the end has disconnected everybody: they have the time to come back and acknowledge.
        if (found === 'watch' || (found === 'away' && place.again && event.type === 'message'))
          grace.watch(stream, seq, place);
        if (found !== 'away' || place.again || told.has(nameOf(event))) continue;
        const kind = event.type === 'message' ? ('message' as const) : ('added' as const);
        noted.push({ conversation: stream, seq, kind, time, late: false });
      }
      if (noted.length === 0) return;
      await store.noteEvents(noted, clock.now());
      for (const { conversation, seq } of noted) told.add(nameOf({ stream: conversation, seq }));
      for (const name of told) {
        if (told.size <= MOST_TOLD) break;
        told.delete(name);
      }
      onNoted();
    },
  };
}

const nameOf = ({ stream, seq }: { stream: string; seq: number }) => `${stream} ${seq}`;

function* pages(users: Iterable<string>, but: string): Generator<string[]> {
  let page: string[] = [];
  for (const user of users) {
    if (user === but) continue;
    page.push(user);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
