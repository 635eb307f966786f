import { topics } from '../../protocol/topics.ts';
import type { Target, Wire } from './system.ts';

const TEXT = Buffer.from('"text":"bench:');
const TEXT_OFFSET = '"text":"'.length;

/** Dunlin's published contract: commands into the outbox, events out of the inbox. */
export const dunlinWire: Wire = {
  receives: (target, user) => [topics.inbox(target.users[user]!.user)],
  hears: (target, user) => [topics.deviceInbox(target.users[user]!.user, target.users[user]!.clientId)],
  direct: (target, from, to) => message(target, from, { user: target.users[to]!.user }),
  group: (target, from, group) => message(target, from, { conversation: target.groups[group]! }),
  textAt(buffer, start, end) {
    const at = buffer.indexOf(TEXT, start);
    return at === -1 || at >= end ? -1 : at + TEXT_OFFSET;
  },
  refusal(payload) {
    const notice = JSON.parse(payload.toString()) as {
      type: string;
      error?: { code: string; detail?: string };
    };
    return notice.type === 'refused' ? `${notice.error?.code} ${notice.error?.detail ?? ''}`.trim() : null;
  },
};

function message(target: Target, from: number, to: { user: string } | { conversation: string }) {
  const topic = topics.outbox(target.users[from]!.user);
  return (id: string, text: string) => ({
    topic,
    payload: JSON.stringify({ v: 1, id, type: 'message.send', to, content: { type: 'text', text } }),
  });
}
