import { randomUUID } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { StreamedEvent } from '../messages/history.ts';
import type { MailStore } from './store.ts';

/** The durable consumer of the event stream: writes down that somebody is to be told of a new device. */
export interface MailNoting {
  /** @throws {Refused} as storage does; then the same events are to come again */
  handle(events: readonly StreamedEvent[]): Promise<void>;
}

/** The first event of an account is its first device, whose owner is registering. */
const FIRST = 1;
/** What is older was told, or could not be for long: nobody is helped by it any more. */
const OLD_MS = 24 * 3_600_000;

export function createMailNoting(parts: {
  store: Pick<MailStore, 'address' | 'enqueue'>;
  clock: Clock;
  onNoted(): void;
}): MailNoting {
  const { store, clock, onNoted } = parts;
  return {
    async handle(events) {
      for (const event of events) {
        const { stream: user, seq, time, type } = event;
        if (type !== 'device.added' || seq === FIRST || clock.now() - time > OLD_MS) continue;
        const mail = await store.address(user);
        if (mail === null || mail.address === null || !mail.notices) continue;
        const { device, name = null } = JSON.parse(event.body) as { device: string; name?: string | null };
        const noted = await store.enqueue({
          ...{ id: randomUUID(), about: `device:${device}`, kind: 'device', user },
          ...{ data: { device, name, at: time }, createdAt: clock.now() },
        });
        if (noted) onNoted();
      }
    },
  };
}
