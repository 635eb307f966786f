import { randomUUID } from 'node:crypto';
import type { User } from '../accounts/store.ts';
import type { RouteTarget } from './sender.ts';
import type { Route } from './store.ts';

export const sampleRoute = (
  target?: Partial<RouteTarget> & { endpoint?: string },
  id = randomUUID(),
): Route => ({
  id,
  target: { kind: 'unifiedpush', endpoint: `https://push.example.org/${id}`, ...target } as RouteTarget,
  registeredAt: 1_000,
});

export const samplePerson = (id: string): User => ({
  ...{ id, username: `u${id.slice(0, 13)}${id.slice(-8)}`, kind: 'person', admin: false, name: null },
  ...{ phone: null, photo: null, status: null, lastSeen: null, createdAt: 1 },
  ...{ lastSeenAudience: 'everyone', presenceAudience: 'everyone' },
});
